# $'...' knows the escapes of C, octal, hexadecimal and control characters.
printf '%s\n' $'tab\there' $'nl\nhere' $'q\'q' $'\x41\102\u0043' $'\\n' $'\e[0m\a\cA' | tr '\001\007\033' '12E'
