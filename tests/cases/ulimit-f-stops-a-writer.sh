exec 2>/dev/null
(ulimit -f 1; for i in {1..300}; do echo 0123456789; done > f; echo never)
echo $?
wc -c < f
trap '' XFSZ
ulimit -f 1
for i in 1 2; do printf '%600d' 1; done 2>&1 > g
echo $?
wc -c < g
