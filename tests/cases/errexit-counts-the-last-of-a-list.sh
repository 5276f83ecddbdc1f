# A failing && list in a function makes the call fail.
set -e
f() { true && false; echo not reached; }
f
