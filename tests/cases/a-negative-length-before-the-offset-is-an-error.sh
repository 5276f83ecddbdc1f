# ${x:3:-8} of ten characters would end before it starts; the rest of the line is dropped.
x=0123456789
echo "${x:3:-8}"; echo not reached
echo "$?"
