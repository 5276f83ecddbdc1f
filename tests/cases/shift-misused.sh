set -- a b c; shift x; echo $? $#; shift -1; echo $? $#; shift 7; echo $? $#; shift 2; echo $? $*; shift 0; echo $? $*; shift -- 1; echo $? $#; shift; echo $?
shopt -s shift_verbose; shift; echo $?; shift 1 2; echo not reached
