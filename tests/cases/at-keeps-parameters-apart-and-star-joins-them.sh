# "$@" is one word each, "$*" one word joined by the first character of IFS.
set -- 'a b' '' c
printf '[%s]' "$@"; echo
printf '[%s]' "$*"; echo
printf '[%s]' $@; echo
IFS=+-
printf '[%s]' "$*"; echo
IFS=
printf '[%s]' "$*"; echo
