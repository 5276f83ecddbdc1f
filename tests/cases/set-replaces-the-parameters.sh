# -- ends the options; set - turns x and v off; shift counts.
set -- -a -- b; echo "$# $*"
shift; echo "$*"; shift 2; echo $#
set a b c; shift 3; echo $#
