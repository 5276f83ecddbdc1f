coproc A { read -r x; exit 5; }
echo go >&"${A[1]}"
wait "$A_PID"
echo "$? [${A[*]}] [$A_PID] ${A-unset}"
