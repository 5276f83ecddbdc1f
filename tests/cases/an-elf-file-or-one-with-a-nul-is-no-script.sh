printf '\177ELF' > elf; bash elf; echo $?
chmod +x elf; ./elf; echo $?
printf 'a\0b\n' > nul; chmod +x nul; ./nul; echo $?
mkdir q; bash q; echo $?
