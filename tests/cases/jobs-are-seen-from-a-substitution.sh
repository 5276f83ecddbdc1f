# As in `kill $(jobs -p)` and in a count of running workers; not from a subshell or a compound stage.
sleep 5 & sleep 5 &
echo $(jobs -p | wc -l) $(jobs -rp | wc -l)
running() { jobs -rp | wc -l; }
n=$(running); echo "running: $((n))"
(jobs); { jobs; } | cat
jobs | cut -d' ' -f1
kill $(jobs -p)
wait
echo "left: $(jobs -p | wc -l)"
