f() { echo first; }
readonly -f f
f() { echo second; }; echo $?
unset -f f; echo $?
f
g() { echo "g $1"; }; export -f g
bash -c 'g one; type -t g'
export -fn g; bash -c 'g' 2> /dev/null; echo $?
declare -fx g; bash -c 'declare -F g'
export -f nope; echo $?
(unset -f g; g) 2> /dev/null; echo $?; g two
