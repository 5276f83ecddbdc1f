# They are copies of the whole shell.
f() { echo "f $x"; }
x=plain a=(1 2)
set -- p
(f; echo "${a[1]} $1"; (f))
