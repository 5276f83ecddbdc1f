# But it keeps the unfinished last line.
printf 'one\ntwo' | { while read -r l || [ "$l" ]; do echo "[$l]"; done; }
read -r x < /dev/null; echo "$? [$x]"
read -r x; echo $?
