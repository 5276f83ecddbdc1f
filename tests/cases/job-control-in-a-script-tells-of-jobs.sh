set -m
sleep 0.1 &
wait
(exit 3) & wait $!
sleep 5 &
kill %1; wait %1; echo $?
sleep 0.1 & fg > /dev/null; echo $?
fg; echo $?
