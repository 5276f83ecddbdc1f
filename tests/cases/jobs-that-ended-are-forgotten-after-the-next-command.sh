(exit 3) & p=$!
sleep 0.1
jobs
wait %1; echo $?
wait $p; echo $?
wait -n; echo $?
