# With shopt -s lastpipe (and no job control) read keeps its variable.
shopt -s lastpipe
echo word | read -r x; echo "$x"
printf '%s\n' a b | while read -r l; do all+=$l; done; echo "$all"
