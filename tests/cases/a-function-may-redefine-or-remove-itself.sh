# The running body goes on to its end.
f() { f() { echo second; }; echo first; }
f; f
g() { unset -f g; echo last; }
g; g; echo $?
