echo ${!u}; echo not on this line
x='a b'; echo ${!x}
echo status $?; e=; echo ${!e}
echo status $?
