exec 4> trace
BASH_XTRACEFD=4
set -x
echo a
x=$(echo b)
set +x
exec 4>&-
cat trace
