# ^ and , act on the first character, ^^ and ,, on all which match the pattern.
x=hello y=WORLD
echo "${x^} ${x^^} ${y,} ${y,,} ${x^^[el]} ${x^[el]} ${y,,[!W]} ${x~~}"
a=(one two)
echo "${a[@]^}"
