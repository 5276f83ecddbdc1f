x=1
{ x=2; cd /; echo "in: $x"; } &
wait
echo "out: $x"
f() { x=3; return 4; }
f & wait $!; echo "$? $x"
a=$! b=$!; [ $a = $b ] && echo same
