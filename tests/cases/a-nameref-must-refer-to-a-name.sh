ref='#'
declare -n ref
echo "$? $ref"
declare -n other='a b'
echo $?
two=2x
typeset -n two
declare -p two
