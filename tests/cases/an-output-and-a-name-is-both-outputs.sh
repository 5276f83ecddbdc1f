f() { a >&h >& 1h 2>&1h; a >&-h 3>& -x; }
declare -f f
echo a >&h; cat h
ls nonex >&h2; cat h2 | wc -l
y=1; echo b >&$((y++)); echo $y
set -C; echo b >&h; cat h
