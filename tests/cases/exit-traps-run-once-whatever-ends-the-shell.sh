cat > s.sh <<'E'
trap 'echo cleanup' EXIT
trap 'echo interrupted; exit 130' INT
case $1 in
  int) kill -INT $$ ;;
  term) kill -TERM $$ ;;
  unset) set -u; echo "$nope" ;;
  errexit) set -e; false ;;
  syntax) eval 'exit 9' ;;
esac
echo not reached
E
for how in int term unset errexit syntax; do echo "== $how"; bash s.sh $how 2> /dev/null; echo $?; done
