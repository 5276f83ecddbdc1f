# The assignment fails; the rest of the line is dropped with it.
readonly x=1
x=2; echo not reached
echo "$? $x"
