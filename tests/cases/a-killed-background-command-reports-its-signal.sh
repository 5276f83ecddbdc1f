# wait gives 128 and the number.
sleep 5 & p=$!
kill $p; wait $p 2> /dev/null; echo $?
sleep 5 & p=$!
kill -9 $p; wait $p 2> /dev/null; echo $?
