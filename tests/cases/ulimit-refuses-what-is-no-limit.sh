ulimit -n x; echo $?
ulimit -p 9; echo $?
ulimit -z; echo $?
ulimit -n 0x10; echo $?
ulimit -f 18446744073709551615; echo $?
ulimit -n 60; ulimit -Sn 70; echo $?
