{ echo out; echo err >&2; } 2>&1 > f | sed 's/^/pipe: /'; cat f
{ echo out; echo err >&2; } > f 2>&1; cat f
echo x > a > b; wc -c < a; cat b
echo swapped 3>&1 1>&2 2>&3 3>&- 2> /dev/null
{ echo one; echo two >&2; } 3>&1 1>&2 2>&3 | sed 's/^/piped: /'
echo 5>&1; echo a 5>&1 >&5
