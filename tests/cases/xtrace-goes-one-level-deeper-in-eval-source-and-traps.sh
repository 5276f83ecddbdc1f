cat > s.sh <<'E'
echo sourced
E
set -x
eval 'eval "echo twice"'
. ./s.sh
x=$(eval 'echo three')
trap 'echo err' ERR
false
trap 'echo debug' DEBUG
true
trap - DEBUG
trap 'echo exit' EXIT
