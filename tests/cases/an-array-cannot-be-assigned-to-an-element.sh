# The assignment fails and the rest of the line is dropped.
a[0]=(1 2); echo not reached
echo $?
echo "${a[@]-unset}"
