# <(...) gives a name to read from, >(...) one to write to.
cat <(echo one) <(echo two)
while read -r x; do n=$((n + x)); done < <(seq 4); echo "$n"
echo word > >(tr a-z A-Z > f); wait $!; cat f
