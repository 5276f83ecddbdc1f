# ${1=word} is an error: the rest of the line is dropped, the next line runs.
echo "${1=x}"; echo not reached
echo "$?"
