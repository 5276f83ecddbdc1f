{ sleep 5; sleep 6; } & (sleep 5; sleep 6) | cat &
f() { sleep 5; }; f 'a b' & [[ x ]] && sleep 5 || { sleep 5; :; } &
x=1 sleep 5 > /dev/null & for i in 1 2; do sleep 5; sleep 6; done &
jobs
kill $(jobs -p)
wait
