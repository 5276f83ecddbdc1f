(trap 'echo stopping; exit 9' TERM; echo up > ready; while :; do sleep 0.02; done) & p=$!
until [ -s ready ]; do sleep 0.02; done
kill $p; wait $p; echo $?
trap 'echo parent' EXIT
(echo child); (exit 3); echo $?
x=$(trap 'echo in substitution' EXIT; echo text); echo "$x"
f() { trap 'echo set in f' EXIT; }; (f; echo leaving)
