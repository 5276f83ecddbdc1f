printf '%d\n' abc; echo $?
printf '%d %s\n' 12abc next; echo $?
printf '%d\n' 08; echo $?; printf '%d\n' 0xzz; echo $?
printf '%f\n' 1.5x; echo $?; printf '[%d]\n' ''; echo $?
printf '%d\n' 99999999999999999999; echo $?
