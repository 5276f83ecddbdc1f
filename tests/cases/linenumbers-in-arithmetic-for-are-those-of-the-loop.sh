trap 'echo "$LINENO"' DEBUG
for ((i=0; i<2; i++))
do
  :
done
[[ a == b ||
   c == c ]]
trap - DEBUG
echo one
for (( i = 0; i < LINENO - 9; i++ )); do
  echo $i
done
