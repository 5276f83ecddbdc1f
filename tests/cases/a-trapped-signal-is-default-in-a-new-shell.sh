trap 'echo parent' USR1
(trap; kill -USR1 $BASHPID; echo not reached) 2> /dev/null; echo $?
bash -c 'trap; kill -USR1 $$; echo not reached' 2> /dev/null; echo $?
kill -USR1 $$
