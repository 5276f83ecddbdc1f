mkdir queue done
for i in {1..6}; do echo "job $i" > queue/$i; done
worker() {
  local f
  for f in queue/*; do
    mv "$f" "done/${f##*/}.$1" 2> /dev/null || continue
    sleep 0.01
  done
}
for w in a b c; do worker $w & done
wait
ls done | wc -l; ls queue | wc -l; cat done/* | sort
