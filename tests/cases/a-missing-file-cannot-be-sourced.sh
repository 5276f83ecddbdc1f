# The status is 1 and the shell goes on; without an argument 2.
. ./missing; echo $?
source; echo $?
