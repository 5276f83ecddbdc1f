f() { local OPTIND=1 o; while getopts ':ab:' o "$@"; do echo "$o ${OPTARG-none}"; done; echo "ends at $OPTIND"; }
f -x; f -axb; f -b; f -a -bv -q
