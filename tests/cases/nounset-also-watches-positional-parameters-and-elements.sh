# Each subshell dies of its own unbound variable.
set -u
a=(x)
(echo "$1")
(echo "${a[3]}")
(echo "${#y}")
(echo "$((y + 1))")
echo alive
