# h and B are on from the start; c as the script came with -c.
echo $-
set -eu; echo $-; set +B; echo $-
