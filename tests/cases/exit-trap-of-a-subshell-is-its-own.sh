# A subshell begins without the parent's EXIT trap.
trap 'echo outer' EXIT
(echo sub)
(trap 'echo inner' EXIT; echo sub2)
x=$(trap 'echo captured' EXIT); echo "$x"
