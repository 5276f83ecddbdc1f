export 1x; echo $?
export a-b=1; echo $?
export 'a b=1'; echo $?; export =x; echo $?; export 'a[0]=1'; echo $?
export -f nof; echo $?
export -z; echo $?
readonly r=1; export r=2; echo $?; export r; declare -p r
