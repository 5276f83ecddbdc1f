unset nope; echo $?
unset -f nope; echo $?
unset 1x; echo $?
unset -v 1x; echo $?
readonly r=1; unset r; echo $?
unset -f -v x; echo $?
unset -z; echo $?
f() { unset "$1"; }; v=1; f v; echo ${v-gone}
