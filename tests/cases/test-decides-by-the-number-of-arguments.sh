# One argument is true unless empty; operators as operands are no problem.
[ ]; echo $?; [ '' ]; echo $?; [ -n ]; echo $?; [ ! ]; echo $?; [ = ]; echo $?
[ -z '' ]; echo $?; [ ! -z ]; echo $?; [ '(' = '(' ]; echo $?; [ ! a = b ]; echo $?
