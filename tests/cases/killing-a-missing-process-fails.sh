# The pid is named.
kill 99999999; echo $?
kill -NOSUCH $$; echo $?
kill word; echo $?
