# Variables, functions and the directory are shared; the status is the file's last.
printf '%s\n' 'x=sourced' 'f() { echo "f $x"; }' 'false' > lib
source ./lib; echo $?
f
