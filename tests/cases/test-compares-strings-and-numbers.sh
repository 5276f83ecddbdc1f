# = != < > on strings, -eq and its like on integers.
[ abc = abc ] && [ abc != abd ] && [ a \< b ] && echo strings
[ 10 -gt 9 ] && [ -3 -le -3 ] && [ 010 -eq 10 ] && echo numbers
[ x -eq 1 ]; echo $?
test 1 -lt; echo $?
