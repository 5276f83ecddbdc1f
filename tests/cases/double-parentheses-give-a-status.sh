# (( )) succeeds when its value is not zero.
(( 3 > 2 )) && echo yes
(( 0 )); echo $?
x=3
while (( x-- )); do echo "x $x"; done
