trap 'echo got it' USR1
sleep 5 & p=$!
(sleep 0.2; kill -USR1 $$) &
wait $p; echo $?
kill $p; wait $p; echo $?
