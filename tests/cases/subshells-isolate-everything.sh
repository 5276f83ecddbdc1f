x=1; cd /; set -- a b
(
  x=2; cd /tmp; set -- c; umask 077; set -f; shopt -s nullglob
  f() { echo sub; }; alias q=r; trap 'echo sub exit' EXIT; exec 3> /dev/null; export E=1
  readonly R=1; unset PWD
)
echo "$x $PWD $*"; type f 2> /dev/null || echo 'no f'; echo ${E-unset} ${R-unset} ${PWD+here}
shopt nullglob; [[ $- == *f* ]] || echo globbing; (echo >&3) 2> /dev/null || echo closed
x=$(x=3; echo $x); echo "$x"
echo "$(cd /tmp && pwd) $PWD"
