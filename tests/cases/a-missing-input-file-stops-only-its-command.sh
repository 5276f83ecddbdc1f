# The status is 1 and the shell goes on.
cat < missing; echo $?
{ echo no; } < missing; echo $?
: < missing || echo failed
