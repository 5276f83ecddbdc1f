# What it changes is gone, its status is that of the assignment.
x=1
y=$(x=2; cd /; echo $x; exit 3)
echo "$? $x $y"
z=$(true) w=$(false)
echo $?
