# Every stage is a subshell, the last one too.
x=1
echo 2 | read -r x; echo $x
x=3 | true; echo $x
{ x=4; } | { x=5; cat; }; echo $x
