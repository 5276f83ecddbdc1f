# Nothing after it is run, but syntax is still checked.
echo before
set -n
echo not run
