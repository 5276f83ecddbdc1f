printf '%d %d %d %d %d %d\n' 0x1f 010 "'a" '"b' +7 ' 12'
printf '%d\n' 0XfF -0x10; printf '%c%c%c\n' abc '' z; printf '%d %d\n' 5
