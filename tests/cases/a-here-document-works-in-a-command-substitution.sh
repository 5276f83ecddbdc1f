# The body ends before the closing parenthesis.
x=$(cat <<E
in $(echo side)
E
)
echo "[$x]"
