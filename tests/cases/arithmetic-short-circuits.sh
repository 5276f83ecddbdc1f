# The right side of && and || is evaluated only when needed.
echo $((0 && (i=1))) $((1 || (j=1))) "[$i$j]" $((1 && (i=1))) $i
