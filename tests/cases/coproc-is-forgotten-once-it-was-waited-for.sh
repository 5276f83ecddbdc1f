coproc A { read -r x; exit 5; }
p=$A_PID
echo go >&"${A[1]}"
wait "$p"
echo "$? [${A[*]}] [$A_PID] ${A-unset}"
