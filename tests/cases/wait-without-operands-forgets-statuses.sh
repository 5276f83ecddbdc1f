(exit 3) & p=$!
wait $p; echo $?
wait $p; echo $?
(exit 4) & p=$!
wait; echo $?
wait $p 2> /dev/null; echo $?
