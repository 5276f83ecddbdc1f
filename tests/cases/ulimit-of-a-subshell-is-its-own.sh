(ulimit -f 5; ulimit; ulimit -t 9; ulimit -t)
ulimit -f; ulimit -t
ulimit -c unlimited; ulimit -c
set -o posix
ulimit -f 10; set +o posix; ulimit -f
