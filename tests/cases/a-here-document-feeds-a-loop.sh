# Redirections of compound commands serve all commands within.
while read -r a b; do
  echo "$b-$a"
done <<E
1 one
2 two words
E
