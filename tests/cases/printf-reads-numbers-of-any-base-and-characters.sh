# 0x, octal, and 'c for a character's code; what is no number is reported and counts as far as it goes.
printf '%d %d %d %d\n' 0x1f 010 "'A" '"z'
printf '%d\n' 12ab; echo $?
printf '%d\n' none; echo $?
