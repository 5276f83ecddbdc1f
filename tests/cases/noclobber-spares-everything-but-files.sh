set -C
echo a > f; echo b > f; echo $?
echo c >| f; cat f; echo d >> f; cat f
echo e &> f; echo $?
echo f > /dev/null; echo $?
: <> f; echo $?
{ echo g; } > f; echo $?
exec 3> f; echo $?
