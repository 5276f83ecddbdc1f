# ( ) inherits it, and its status ends the shell.
set -e
(echo a; false; echo not reached)
echo not reached
