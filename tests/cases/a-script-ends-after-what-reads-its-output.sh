# Both ends of the output are the reader's, and a job goes on writing to it.
exec 3>&1 > >(while read -r line; do echo "<$line>"; done >&3) 2>&1
echo out
echo err >&2
(sleep .1; echo late) &
