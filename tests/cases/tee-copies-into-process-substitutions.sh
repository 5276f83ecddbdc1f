seq 3 | tee >(wc -l > lines) >(sort -r > reversed) > /dev/null
while ! [ -s lines ] || ! [ -s reversed ]; do sleep 0.02; done
cat lines reversed
{ echo out; echo err >&2; } > >(sed 's/^/1: /') 2> >(sed 's/^/2: /' > errors); wait
while ! [ -s errors ]; do sleep 0.02; done; cat errors
