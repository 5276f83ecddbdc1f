# /dev/stdin, /dev/stdout, /dev/stderr and /dev/fd/N.
echo in | cat /dev/stdin
echo out > /dev/stdout
echo err > /dev/stderr
cat /dev/fd/3 3<<< three
