set -- a b c
shift abc; echo "$? $#"
shift -1; echo "$? $#"
shift 4; echo "$? $#"
shift 2; echo "$? $#"
shift 0; echo "$? $#"
