# The innermost function first.
outer() { inner; }
inner() { echo "${FUNCNAME[@]} ${#FUNCNAME[@]} ${BASH_LINENO[0]} ${BASH_LINENO[1]}"; }
outer
echo "[${FUNCNAME[0]}]"
