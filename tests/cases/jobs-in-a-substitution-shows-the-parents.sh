sleep 100 &
echo "$(jobs)"
jobs | cat
(jobs)
x=$(jobs -p)
[[ $x == "$!" ]] && echo same
kill $!
