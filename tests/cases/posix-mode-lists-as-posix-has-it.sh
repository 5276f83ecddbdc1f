set -o posix
zz=1 qq=2
export zz
readonly qq
export -p | grep zz
readonly -p | grep qq
trap 'echo x' INT
trap
trap - INT
alias a=b
alias a
kill -l | cut -c 1-12
break
shift 5
echo $?
