set -u
a=()
echo ${#a[@]} "${a[@]}"
declare -A m; echo ${#m[@]}
echo ${#nope[@]}; echo never
echo ${#nope[0]}
set -- one
echo ${#2}
