yes | head -n 2; echo "${PIPESTATUS[@]}"
seq 100000 | head -n 1 > /dev/null; echo "${PIPESTATUS[@]}"
for i in {1..50000}; do echo $i; done 2> /dev/null | sed 1q; echo "${PIPESTATUS[0]}"
seq 3 | true; echo "${PIPESTATUS[1]}"
set -o pipefail
yes | head -n 1 > /dev/null; echo $?
