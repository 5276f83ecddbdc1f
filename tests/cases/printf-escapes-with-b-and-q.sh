# %b expands escapes in the argument, %q quotes for the shell.
printf '%b|%s\n' 'a\tb\x41\0101' 'a\tb'
printf '%b' 'stop\chere' ; echo
printf '%q\n' 'a b' "it's" '' $'x\ny' plain '$z;*'
