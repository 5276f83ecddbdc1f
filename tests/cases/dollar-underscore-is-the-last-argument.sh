# Of the command before.
echo a b
echo "$_"
: one 'two three'; echo "[$_]"
x=1; echo "[$_]"
