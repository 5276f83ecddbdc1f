declare -n ref
ref=(x y)
declare -p ref
