# The variable is ? then; messages name $0.
set -- -x -a
while getopts a: opt; do echo "$opt [$OPTARG]"; done
