trap 'return 5' USR1
f() { kill -USR1 $$; echo not reached; }
f; echo "status $?"
