# With the status of the command that failed.
set -e
echo before
(exit 3)
echo not reached
