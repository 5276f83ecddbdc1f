# An unquoted ${x:-word} is split, its quoted parts are not.
printf '[%s]' ${u:-a b}; echo
printf '[%s]' ${u:-"a b" c}; echo
printf '[%s]' "${u:-a b}"; echo
printf '[%s]' "${u:-"a b"}"; echo
printf '[%s]' "${u:-'a b'}"; echo
