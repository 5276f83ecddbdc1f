nosuch; echo $?
'a b'; echo $?
$'tab\there'; echo $?
$'new\nline'; echo $?
''; echo $?
./nosuch; echo $?
nosuch/; echo $?
