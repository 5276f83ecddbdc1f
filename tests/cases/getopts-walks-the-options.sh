# Grouped letters, arguments joined or apart; it stops at -- or an operand.
set -- -ab -c value -dvalue -- -e rest
while getopts abc:d:e opt; do echo "$opt [$OPTARG]"; done
shift $((OPTIND - 1)); echo "$*"
