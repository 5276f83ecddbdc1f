# From index 0, emptying it first.
a=(1 2 3 4 5)
read -r -a a <<< 'x y z'; echo "${#a[@]} ${a[2]}"
IFS=- read -ra a <<< 'p-q--r'; echo "${#a[@]}"; printf '[%s]' "${a[@]}"; echo
