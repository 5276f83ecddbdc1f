# f's own list is spared, but the call itself has status 1.
set -e
f() { false && true; }
echo before
f
echo not reached
