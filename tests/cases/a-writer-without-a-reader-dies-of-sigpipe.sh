# Its status is 141.
while :; do echo y; done | head -n 1
echo "${PIPESTATUS[@]}"
set -o pipefail
{ while :; do echo z; done; } | true; echo $?
