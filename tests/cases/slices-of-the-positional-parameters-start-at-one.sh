# ${@:n:m} counts parameters; offset 0 is $0.
set -- a b c d
echo "${@:2} / ${@:2:2} / ${@:0:2} / ${@: -1} / ${*:3}"
