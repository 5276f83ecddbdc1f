RANDOM=42; a=$RANDOM b=$RANDOM
RANDOM=42; echo $((a == RANDOM)) $((b == RANDOM))
x=$(echo $RANDOM) y=$(echo $RANDOM) z=$(echo $RANDOM)
[[ $x == $y && $y == $z ]] && echo "all alike" || echo differ
RANDOM=7; echo $RANDOM $RANDOM $RANDOM
