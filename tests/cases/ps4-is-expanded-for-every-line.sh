f() {
  echo in f
}
PS4='+$LINENO:${FUNCNAME[0]:-main}: '
set -x
echo a
f
PS4='$(echo sub)> '
echo b
PS4='ab '
echo $(echo c)
unset PS4
echo d
