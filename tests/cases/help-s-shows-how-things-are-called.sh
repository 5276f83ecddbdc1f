help -s cd
help -s if for select coproc
help -s ca
help -s 'wh*'
help -s nosuch
echo $?
