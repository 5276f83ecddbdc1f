# Until the arguments are used up; missing ones are empty or zero.
printf '%s=%d\n' a 1 b 2 c
printf 'no arguments: %s %d\n'
printf '%s\n'
printf 'x\n' a b; printf -- '-%s\n' y
