worker() { sleep "0.0$1"; echo "result $1" > "out.$1"; return $(( $1 % 2 )); }
pids=()
for i in 1 2 3 4; do worker $i & pids[$i]=$!; done
failed=0
for i in "${!pids[@]}"; do
  if wait "${pids[$i]}"; then echo "worker $i ok"; else echo "worker $i failed with $?"; ((failed++)); fi
done
cat out.*; echo "failed: $failed"
