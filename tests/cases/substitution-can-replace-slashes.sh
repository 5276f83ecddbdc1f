# The first unquoted slash ends the pattern.
x=a/b/c
echo "${x//\//-} ${x/'/'/:} ${x//"/"}"
