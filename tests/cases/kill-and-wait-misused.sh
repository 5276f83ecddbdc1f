kill; echo $?
kill -NOSUCH 1; echo $?
kill abc; echo $?
kill %9; echo $?
kill -l 999; echo $?; wait abc; echo $?; wait %9; echo $?; wait -z; echo $?; jobs -z; echo $?; fg; echo $?; bg %1; echo $?; disown %3; echo $?
