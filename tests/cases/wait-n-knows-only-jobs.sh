(sleep 0.3; exit 3) & p=$!
wait -n $p; echo $?
wait -n; echo $?
wait -n %7; echo $?
wait -n abc; echo $?
wait -n 99999 %8; echo $?
wait -p; echo $?
