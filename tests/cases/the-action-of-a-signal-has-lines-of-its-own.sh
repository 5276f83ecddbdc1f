f() {
  echo "f at $LINENO"
}
trap 'echo "first $LINENO"
echo "second $LINENO"
nosuch' USR1

kill -USR1 $$
trap 'f' USR1
kill -USR1 $$
trap 'echo "exit $LINENO"; nosuch' EXIT
