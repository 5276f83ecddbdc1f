cd /nonexistent; echo $?
cd /etc/passwd; echo $?
cd a b; echo $?
cd -z; echo $?
cd -@; echo $?
cd -; echo $?
unset HOME; cd; echo $?
cd 'no
such'; echo $?
