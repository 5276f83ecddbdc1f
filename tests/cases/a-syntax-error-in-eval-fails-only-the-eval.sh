# Its status is 2 and the shell goes on.
eval 'echo )'; echo $?
eval 'if true'; echo $?
eval 'echo "open'; echo $?
