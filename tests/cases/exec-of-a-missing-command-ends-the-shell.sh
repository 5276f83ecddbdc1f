# With 127.
exec nosuch-command
echo not reached
