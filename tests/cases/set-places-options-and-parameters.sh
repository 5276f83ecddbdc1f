set a b; echo $# $*; set -- -x y; echo $1 $#; set -- ; echo $#; set -f - p q; echo $1 $-; set +f x -e; echo $2 $-; set -u --; echo $# $-; set -eo pipefail; set +eo pipefail; echo $-
set -o nosuch; echo $?; set -Z; echo $?; set +Z; echo $?; set -o pipefail z; echo $? $1
