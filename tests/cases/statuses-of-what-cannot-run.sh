touch plain; mkdir d
./plain; echo $?
./d; echo $?
d; echo $?
./plain/x; echo $?
/; echo $?
PATH=$PWD; d; echo $?
plain 2> /dev/null; echo $?
unset PATH; /bin/echo found; nosuch; echo $?
