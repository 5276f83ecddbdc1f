set -eu
cleanup() { local status=$?; echo "cleanup $status"; rm -f "$tmp"; [[ -e $tmp ]] || echo removed; exit "$status"; }
trap cleanup EXIT
tmp=$(mktemp); echo data > "$tmp"; [[ -s $tmp ]] && echo written
f() { false; echo not reached; }
f
