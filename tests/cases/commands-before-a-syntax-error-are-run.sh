# A line is run when it has been read; then the error ends the shell with 2.
echo before
echo a; echo )
echo after
