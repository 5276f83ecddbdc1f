bash -ec 'false; echo never'; echo $?
bash -o pipefail -c 'false | true; echo $?'
bash +o pipefail -O extglob -c 'shopt extglob; set -o | grep pipefail'
bash -fc 'echo *'
bash -ac 'x=1; bash -c "echo \$x"'
bash -eu -o pipefail -c 'echo $-; set +e; echo $-'
bash -nc 'echo never; if'; echo $?
bash -xc 'echo traced'
bash --posix -c 'set -o | grep posix'
echo 'echo $-' > s.sh; bash s.sh; bash -s < s.sh; bash -c 'echo $-'
