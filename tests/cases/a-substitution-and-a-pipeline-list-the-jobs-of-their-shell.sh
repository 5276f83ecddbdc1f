sleep 100 & p=$!
[ "$(jobs -p)" = $p ] && echo same
jobs -p | wc -l
echo "$(jobs)"
(jobs; echo none)
f() { jobs -r; }
f | grep -c Running
kill $(jobs -p)
wait $p
echo $?
