kill; echo $?
kill -9; echo $?
kill abc; echo $?
kill -NOPE $$; echo $?
kill -s TERM; echo $?
kill -n 99 $$; echo $?
kill %5; echo $?
kill -0 $$; echo $?
kill -s 0 $$ && echo alive
