# The shell goes on, and $? is what it was before the trap.
trap 'echo caught' INT TERM
kill -INT $$; echo "after $?"
kill -s TERM $$; echo "after $?"
trap 'false' USR1; kill -USR1 $$; echo "after $?"
