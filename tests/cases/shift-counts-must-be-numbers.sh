set -- a b
shift x
echo "$? $#"
shift -1
echo "$? $#"
shift 3
echo "$? $#"
shopt -s shift_verbose
shift 3
echo "$? $#"
