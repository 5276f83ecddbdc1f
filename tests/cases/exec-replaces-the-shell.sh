# Nothing after it is run.
(exec echo first; echo not reached)
exec cat <<< last
echo not reached
