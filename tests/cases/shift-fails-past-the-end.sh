# Nothing is shifted then.
set -- a b
shift 3; echo "$? $*"
shopt -s shift_verbose; shift 4; echo $?
shift -1; echo $?
