# ${x?word} writes the word to standard error; a shell with -c ends with 127.
echo "${x?is needed}"
echo not reached
