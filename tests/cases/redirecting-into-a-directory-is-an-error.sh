# And so is a path through a missing directory.
mkdir d
echo x > d; echo $?
echo x > nodir/f; echo $?
echo x > ''; echo $?
