# Unless pipefail is set.
set -e
false | true; echo alive
set -o pipefail
false | true
echo not reached
