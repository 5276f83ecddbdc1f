# ?: evaluates one branch; the comma gives its right side.
echo $((1 ? (a=1, 10) : (b=2, 20))) "$a$b" $((0 ? 1 : 0 ? 2 : 3)) $((1, 2, 3))
