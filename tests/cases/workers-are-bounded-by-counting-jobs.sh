max=2 started=0
for i in 1 2 3 4 5; do
  while (( $(jobs -rp | wc -l) >= max )); do wait -n; done
  { sleep 0.0$i; echo "done $i" >> log; } &
  ((++started))
done
wait
echo "$started started, $(wc -l < log) done"
