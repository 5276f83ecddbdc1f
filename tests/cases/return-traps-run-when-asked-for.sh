f() { echo f; }
echo 'echo sourced' > s.sh
trap 'echo return' RETURN
f
. ./s.sh
declare -ft f
f
trap - RETURN
g() { trap 'echo local' RETURN; f; echo end g; }
g
f
