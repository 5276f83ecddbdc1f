# With status 2.
[ a b ]; echo $?
[ a b c ]; echo $?
[ a = b; echo $?
[ a = b c d e ]; echo $?
