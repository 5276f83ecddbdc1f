readonly ro=1; read ro <<< 2; echo $?; read a ro b <<< '1 2 3'; echo "$? $a [$b]"; readonly -a ra=(x); read -a ra <<< y; echo $? ${ra[0]}
