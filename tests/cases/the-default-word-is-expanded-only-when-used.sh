# The word after an operator is not expanded unless it is needed.
v=set
echo "${v:-$(echo run >&2)}"
echo "${n:-$(echo run)}"
echo "$((i)) ${v:+$((i=5))} $i ${v:-$((i=6))} $i"
