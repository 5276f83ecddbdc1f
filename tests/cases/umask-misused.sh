umask 9; echo $?
umask 08; echo $?
umask u=z; echo $?
umask u; echo $?
umask -z; echo $?; umask x=r; echo $?
