# Each is an error of its own command.
echo $((1 +))
echo $((1 2))
echo $((08))
echo $((3#9))
let 'x = = 2'
echo $((5 = 1))
