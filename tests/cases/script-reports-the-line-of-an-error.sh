set -Eeuo pipefail
trap 'echo "line $LINENO: $BASH_COMMAND: status $?" >&2' ERR
step() {
  echo "step $1"
  [[ $1 != 3 ]]
}
for i in 1 2 3 4; do
  step $i
done
