echo "[$POSIXLY_CORRECT]"
set -o posix
echo "[$POSIXLY_CORRECT]"
set +o posix
echo "[$POSIXLY_CORRECT]"
POSIXLY_CORRECT=1
set -o | grep posix
POSIXLY_CORRECT=1 bash -c 'shopt -o posix'
