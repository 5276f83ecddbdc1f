test a -a ''; echo $?; test a -o ''; echo $?; test 1 = 1 -a 2 = 2; echo $?; test 1 = 2 -o 2 = 2; echo $?; test ! 1 = 2 -a 3 = 3; echo $?
test '(' 1 = 2 -o 2 = 2 ')' -a x; echo $?; test ! '(' 1 = 1 ')'; echo $?; [ -d / -a ! -f / ]; echo $?
