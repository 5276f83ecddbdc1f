enable nope; echo $?
enable -n nope; echo $?
enable -z; echo $?
enable -d echo; echo $?
