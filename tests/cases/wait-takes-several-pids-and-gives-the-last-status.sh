(exit 1) & a=$!
(exit 2) & b=$!
(exit 3) & c=$!
wait $a $c $b; echo $?
pids=()
for i in 4 5 6; do (exit $i) & pids+=($!); done
for p in "${pids[@]}"; do wait $p; echo "worker: $?"; done
wait %1; echo $?
wait 1x; echo $?
