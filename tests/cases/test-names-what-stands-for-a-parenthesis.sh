test '(' x b y; echo $?
test '(' a '=' a; echo $?
test '(' -d / -a -e / x; echo $?
test '(' '(' 1 = 1 ')' ')'; echo $?
