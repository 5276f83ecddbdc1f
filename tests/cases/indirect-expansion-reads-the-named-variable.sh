# ${!x} expands the variable whose name is in x, an element or positional parameter too.
v=value n=v a=(p q) e='a[1]'
set -- first
one=1
echo "${!n} ${!e} ${!one} ${!n:1:2} ${!n^^}"
