trap 'x' NOSUCH; echo $?
trap -z; echo $?
trap - 99; echo $?; trap -p NOSUCH; echo $?; trap 'echo bye' EXIT; trap -p; trap '' INT; trap - INT; trap -p EXIT INT; trap 0
