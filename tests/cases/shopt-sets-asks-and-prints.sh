# -q by status, -p for reuse; an unknown name is an error.
shopt -s nullglob; shopt -q nullglob; echo $?
shopt -u nullglob; shopt nullglob; echo $?
shopt -p extglob; shopt -so nounset; [ -o nounset ] && echo on
shopt -s nosuch; echo $?
