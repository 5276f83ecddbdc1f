# The status is 128 and the number; the EXIT trap is run before.
trap 'echo bye' EXIT
echo before
kill -TERM $$
echo not reached
