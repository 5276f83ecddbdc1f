# Standard error passes by.
x=$(echo out; echo err >&2)
echo "[$x]"
x=$(echo err 2>&1 >&2 | cat)
echo "[$x]"
