for n in 0 1 255 256 300 -1 -256; do (exit $n); echo "$n: $?"; done
(exit 1x); echo $?
(exit 1 2; echo "went on with $?")
(false; exit); echo $?
f() { exit 3; }; (f; echo never); echo $?
echo 'exit 4; echo never' > s.sh; (. ./s.sh; echo never); echo $?
(eval 'exit 5'; echo never); echo $?
{ exit 6; } | cat; echo ${PIPESTATUS[0]}
x=$(exit 7); echo $?
exit 1 2; echo "still here: $?"
