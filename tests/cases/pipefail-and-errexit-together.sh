set -eo pipefail
false | true || echo "caught $?"
x=$(false | cat) || echo "assigned $?"
if ! echo a | grep -q b; then echo "not found"; fi
! false | true; echo "negated"
echo data | { cat; exit 3; } | cat || echo "middle $?"
(set +o pipefail; false | true; echo "inside")
yes | head -n 1 || echo "sigpipe $?"
f() { (exit 4) | true; echo never; }
f
echo never
