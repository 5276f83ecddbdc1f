# COPROC holds the descriptors to read from and to write to.
coproc { read -r x; echo "got $x"; }
echo hi >&"${COPROC[1]}"; read -r y <&"${COPROC[0]}"; echo "$y"; wait
