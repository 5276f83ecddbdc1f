# Its status is 2 and the shell goes on.
return 3; echo $?
