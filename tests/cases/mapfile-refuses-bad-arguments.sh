mapfile -z; echo $?
mapfile 1a < /dev/null; echo $?; mapfile '' < /dev/null; echo $?; mapfile 'a[1]' < /dev/null; echo $?
mapfile -n x a < /dev/null; echo $?; mapfile -O -1 a < /dev/null; echo $?; mapfile -c 0 a < /dev/null; echo $?; mapfile -u 9 a; echo $?; mapfile -u x a; echo $?
declare -A m; mapfile m < /dev/null; echo $?; readarray -d; echo $?
