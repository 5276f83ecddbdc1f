serve() { trap 'echo "server: stopping"; exit 0' TERM; echo "server: up" ; while :; do sleep 0.02; done; }
serve > log & pid=$!
for _ in {1..100}; do grep -q up log && break; sleep 0.02; done
kill -0 $pid && echo "alive"
kill $pid; wait $pid; echo "status $?"
cat log
kill -0 $pid 2> /dev/null || echo "gone"
