# cd - goes back and prints; CDPATH is searched and printed.
cd /tmp; cd /; cd -; cd - > /dev/null; echo "$PWD $OLDPWD"
CDPATH=/ cd dev
cd ..; echo "$PWD"; cd /dev/../tmp/.; echo "$PWD"
cd /nosuch; echo $?
cd a b; echo $?
unset HOME; cd; echo $?
