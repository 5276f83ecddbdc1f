# Parameters, command substitution and arithmetic; quotes are literal.
x='a  b'
cat <<E
$x "$x" '$x' $(echo c) $((1+2)) \$x \a \\ "
E
