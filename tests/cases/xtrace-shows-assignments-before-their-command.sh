# Each on a line of its own, the command's line after them, the redirections' expansions last.
x=5
set -x
x=1 y=2 true
f() { :; }
x="a b" f
x=$(echo 1) true > $(echo /dev/null)
x=1 cat <<< "$x"
x=1 > /dev/null
