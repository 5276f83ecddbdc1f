# And the ERR trap first.
set -e
trap 'echo "exit $?"' EXIT; trap 'echo "err $?"' ERR
(exit 9)
