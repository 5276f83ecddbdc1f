test 2 = 2 -t -o; echo $?
test -d / -a / -f x; echo $?
test -n b -z d; echo $?
test a b c d; echo $?
[ 1 -eq 1 -gt 0 ]; echo $?
