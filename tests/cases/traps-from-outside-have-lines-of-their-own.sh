trap 'echo "usr1 $LINENO"' USR1
trap 'echo "exit $LINENO"
echo $LINENO' EXIT
trap 'echo "err $LINENO"' ERR

kill -USR1 $$
false
