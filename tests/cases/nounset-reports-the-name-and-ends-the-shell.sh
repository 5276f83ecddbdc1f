# An unset variable under set -u; a shell with -c ends with 127.
set -u
x=
echo "[$x] [${y-}] [${y:-d}] $# [$*] [$@]"
echo "$y"
echo not reached
