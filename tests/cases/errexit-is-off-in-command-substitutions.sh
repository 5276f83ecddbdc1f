# Unless inherit_errexit is set; the assignment's own status counts.
set -e
echo "$(false; echo went on)"
shopt -s inherit_errexit
echo "[$(false; echo not here)]"
x=$(echo y; exit 4)
echo not reached
