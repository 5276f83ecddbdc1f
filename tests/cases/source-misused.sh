source; echo $?
. ; echo $?
. nosuch; echo $?
source ./nosuch/file; echo $?
. -z; echo $?; mkdir dir; . ./dir; echo $?
