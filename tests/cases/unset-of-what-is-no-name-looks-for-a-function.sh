unset 1x; echo $?
unset -v 1x; echo $?
a.b() { :; }
unset a.b
declare -F a.b
echo $?
