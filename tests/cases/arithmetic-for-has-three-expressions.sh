# Any may be missing; continue still runs the third.
for ((i = 0; i < 5; i++)); do ((i == 2)) && continue; echo -n "$i "; done; echo "$i"
for ((;;)); do ((++n > 3)) && break; done; echo $n
for ((i = 0, j = 9; i < j; i += 2, j--)) { echo -n "$i:$j "; }; echo
