coproc A { read -r x; }
jobs
echo >&"${A[1]}"
wait "$!"
jobs
