try() { echo "$1; echo after" > s.sh; bash --posix s.sh; echo "status $?"; }
try 'x=$((1/0))'
try 'echo ${x?bad}'
try 'readonly r=1; for r in 1; do :; done'
try 'readonly r=1; (r=2); echo $?'
try '((1/0))'
try 'readonly r=1; r=2 true'
try 'cd -Z'
