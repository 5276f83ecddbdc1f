# Too deep a call drops the rest of the line.
FUNCNEST=3
f() { echo $1; f $(($1 + 1)); }
f 1 2> /dev/null; echo not reached
echo $?
