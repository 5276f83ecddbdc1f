trap 'if' USR1; kill -USR1 $$; echo $?
trap 'echo a; )' USR1; kill -USR1 $$; echo $?
trap 'false |' ERR
false
trap - ERR
trap 'echo a |' EXIT
