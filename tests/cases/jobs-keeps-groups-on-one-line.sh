{ sleep .1; true; } &
jobs
wait
(sleep .1; for i in 1 2; do { :; }; done) &
jobs
wait
true && { sleep .1; } 2>/dev/null &
jobs
wait
