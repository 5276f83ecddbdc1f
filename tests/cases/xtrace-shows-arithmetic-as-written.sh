# With the blanks; the parts of a for are trimmed in front, and an empty one is 1.
set -x
(( 1+1 )); ((x=1)); (( $x + 1 > $(echo 1) ))
for (( i = 0 ; i < 1 ; i++ )); do :; done
for ((;;)); do break; done
let "x = 1" y=2
