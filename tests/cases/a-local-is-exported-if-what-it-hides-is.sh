export x=1
f() { local x; declare -p x; x=2; declare -p x; local -a y; declare -p y; }
f
