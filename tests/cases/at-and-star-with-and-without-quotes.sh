show() { printf '%d:' $#; printf '<%s>' "$@"; echo; }
set -- 'a b' '' c; show $@; show "$@"; show $*; show "$*"; show x"$@"y; show "$@$@"; show "${@:2}" "${*:2}"; IFS=-; show "$*" $*; x=$*; y=$@; z="$*"; show "$x" "$y" "$z"; IFS=; show "$*" $*; set --; show "$@"; show a"$@"; show "$@"""; show "$*"
