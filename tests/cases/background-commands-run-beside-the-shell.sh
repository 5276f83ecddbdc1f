# Their changes stay in them; the order here comes from waiting.
x=1
{ x=2; echo "in $x"; } &
wait; echo "out $x $?"
(sleep 0.2; echo slow) & echo fast; wait
