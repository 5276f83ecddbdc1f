readonly -a a
readonly -A m
readonly -a b=(1)
declare -p a m b
