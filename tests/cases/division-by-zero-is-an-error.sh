# The message names the expression and the offending token; the rest of the line is dropped.
echo $((1 / 0)); echo not reached
echo "$?"
echo $((5 % 0))
(( 1 / 0 )); echo "$?"
