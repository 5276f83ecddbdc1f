# 2>&1 copies where 1 goes at that moment.
both() { echo out; echo err >&2; }
both >f 2>&1; cat f
echo --
both 2>&1 >f | sed 's/^/piped: /'
cat f
