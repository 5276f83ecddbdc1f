# Also before a function and a builtin; alone they stay.
x=1
f() { echo "f $x"; x=3; }
x=2 f; echo $x
x=4 eval 'echo "eval $x"'; echo $x
x=5 env | grep '^x='; echo $x
x=6 y=$x; echo "$x $y"
