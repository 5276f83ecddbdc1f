# Without -f or -v unset takes the variable, else the function.
x=1; x() { echo function; }
unset x; echo "${x-gone}"; x
unset x; x; echo $?
