hash nope; echo $?
hash -d nope; echo $?
hash -t; echo $?
hash -d; echo $?
hash -p; echo $?
hash -p /tmp dir; echo $?
hash -z; echo $?
hash -t echo; echo $?; hash echo; echo $?
