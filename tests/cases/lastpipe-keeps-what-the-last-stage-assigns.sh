shopt -s lastpipe
echo 5 | read -r x; echo "x=$x"
printf '%s\n' a b c | mapfile -t lines; echo "${#lines[@]}: ${lines[*]}"
n=0; seq 4 | while read -r l; do ((n += l)); done; echo "sum $n"
echo a | { cd /; }; pwd
true | false; echo "$? ${PIPESTATUS[*]}"
echo b | exit 4
echo not reached
