set -x
echo loud
{ set +x; } 2> /dev/null
echo quiet
f() { local -; set -x; echo inside; }
f
echo outside
