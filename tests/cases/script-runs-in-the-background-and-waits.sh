job() { local i; for i in 1 2; do echo "$1$i"; done > "out.$1"; return "$2"; }
pids=(); for n in a b c; do job $n $(( n == 0 ? ${#pids[@]} : 0 )) & pids+=($!); done; fails=0; for p in "${pids[@]}"; do wait "$p" || fails=$((fails+1)); done; echo "$fails failed"; cat out.a out.b out.c | tr '\n' ' '; echo; (exit 5) & wait $!; echo $?; { sleep 0; echo late; } & wait; echo done
