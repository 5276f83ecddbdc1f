# What follows on the same line does not run either, but syntax is still looked at.
echo before; set -n; echo after
echo never
