printf; echo $?
printf -v; echo $?
printf -v 1x %s y; echo $?
printf -x; echo $?
printf '%z\n' 1; echo $?
printf 'a%'; echo " $?"
printf -- '-%s\n' a; printf '%s\n' -a --; printf -; echo
