exec 3>&1
x=$( { echo err >&2; echo out >&3; echo captured; } 2> /dev/null); echo "[$x]"
z=$(nosuch 2>&1); echo "$z"
{ w=$(echo aside >&2); } 2> f; cat f
y=$(echo a; echo b >&2) 2> g; echo "$y"; cat g
x=$(< nofile) || echo "failed $?"
cat <<< "$(< nofile)"
