# Its name is in the message; with a slash the file is named.
nosuch-command a b; echo $?
./nosuch; echo $?
"" ; echo $?
x=1 nosuch-two > f; echo $?
