# The target must be exactly one word after expansion.
x='a b' e=
echo 1 > $x; echo $?
echo 1 > $e; echo $?
touch g1 g2; echo 1 > g*; echo $?
echo 1 > "$x"; cat 'a b'
