# Subscripts are expressions, also as the target of an assignment.
a=(1 2 3)
i=1
echo $((a[i] + a[i+1])) $((a[0]++)) ${a[0]} $((a[5] = 9)) ${!a[*]} $((a))
