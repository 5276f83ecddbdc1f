# With -c, $0 is the first argument after the script.
echo "$0 $#"
f() { echo "in f: $0"; }
f a b
