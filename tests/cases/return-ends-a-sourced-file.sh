# With its status; the shell goes on.
printf '%s\n' 'echo before' 'return 5' 'echo not reached' > lib
. ./lib; echo $?
