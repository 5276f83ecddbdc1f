trap 'echo ERR' ERR
f() (false)
f; echo "$?"
g() [[ a == b ]]
g; echo "$?"
set -e
f
echo never
