trap 'echo "err $? at $LINENO"' ERR
false

f() {
  return 3
}
f
set -E
g() {
  false
  true
}
g
