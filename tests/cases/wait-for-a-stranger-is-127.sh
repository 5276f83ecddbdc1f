# Only children can be waited for.
wait 99999999; echo $?
wait %9; echo $?
wait word; echo $?
