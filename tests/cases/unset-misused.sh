unset -x a; echo $?
unset -fv a; echo $?
unset -v a-b; echo $?
unset a-b '1 2'; echo $?; unset; echo $?; a=(1 2); unset 'a[-9]'; echo $?
