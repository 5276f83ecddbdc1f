f() { echo in f; }
trap 'echo "debug: $BASH_COMMAND"' DEBUG
f
set -T
f
x=$(echo substituted)
trap - DEBUG
echo "$x"
