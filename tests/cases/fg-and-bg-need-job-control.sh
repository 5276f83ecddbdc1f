sleep 0.1 &
fg %1; echo $?
bg; echo $?
jobs %2; echo $?
disown %2; echo $?
wait
