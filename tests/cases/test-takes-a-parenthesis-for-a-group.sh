test '(' = ')'; echo $?
test 0 -eq 0 -a '(' = ')'; echo $?
test -n x -a '(' x ')'; echo $?
test ! '(' = ')'; echo $?
