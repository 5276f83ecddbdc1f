# The status is 1 when the last value is zero.
let a=2+3 b=a*2 'c = b > 9'; echo "$? $a $b $c"
let c=0; echo $?
let; echo $?
