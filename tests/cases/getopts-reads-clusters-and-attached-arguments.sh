f() { local OPTIND=1 o; while getopts 'ab:c' o "$@"; do printf '%s:%s ' "$o" "${OPTARG-none}"; done; shift $((OPTIND-1)); echo "rest($#): $*"; }
f -a -b val -c rest more; f -abval; f -cab val -- -b; f -ac - x; f x -a; f -a -- ; f
