# return gives a status modulo 256, or that of the last command.
f() { echo "$# $1"; return 300; }
f 'a b' c; echo $?
g() { false; return; }
g; echo $?
h() { (exit 6); }; h; echo $?
