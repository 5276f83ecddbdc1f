# And -p its pid.
(sleep 0.2; exit 6) & a=$!
wait -n -p p; echo $?; [ "$p" = "$a" ] && echo same
wait -n; echo $?
