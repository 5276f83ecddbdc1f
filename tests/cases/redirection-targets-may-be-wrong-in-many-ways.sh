echo > ''; echo $?
echo > /; echo $?
echo > nodir/x; echo $?
v='a b'; echo > $v; echo $?
echo > $unset; echo $?
touch g1 g2; echo > g*; echo $?
cat < g?; echo $?
echo x >&9; echo $?
cat <&9; echo $?
echo > f/; echo $?
touch plain; echo > plain/f; echo $?
