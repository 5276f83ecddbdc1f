# Without arguments the file sees the shell's own.
echo 'echo "$# $1"; set -- changed' > lib
set -- own
. ./lib a b; echo "$1"
. ./lib; echo "$1"
