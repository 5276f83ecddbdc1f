[ a; echo $?
[ a b ]; echo $?
[ a b c ]; echo $?
[ a b c d ]; echo $?
[ 1 -eq x ]; echo $?; [ x -lt 1 ]; echo $?; [ '' -eq 0 ]; echo $?; [ 1 -eq ]; echo $?
[ -Q x ]; echo $?; [ '(' a ]; echo $?; [ ! a b ]; echo $?; [ -n a b ]; echo $?; [ 1.5 -gt 1 ]; echo $?; [ 5 -eq ' 5 ' ]; echo $?; [ a = a ]x; echo $?
