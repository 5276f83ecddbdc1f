bash -uc 'echo $x; echo never'; echo $?
bash -euc 'echo $x'; echo $?
bash -c ': ${x?}'; echo $?
bash -ec ': ${x:?is needed}'; echo $?
(set -u; echo $x); echo $?
echo 'set -u; echo $x' > s.sh; bash s.sh; echo $?
