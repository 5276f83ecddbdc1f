f() for i; do
  if a; then b; elif c; then d; else e; fi
  [[ $i && x ]]
  for ((;;)); do select y; do :; done; done
  a |& b
  coproc cat -n
done
declare -f f
g() ( x; y ) >z
declare -f g
