# Without job control a background command does not die of INT; a group of them neither.
{ sleep 0.3; echo survived; } & p=$!
sleep 0.1
kill -INT $p
wait $p; echo $?
