# Numbers to names and back; a status of 128 and more too.
kill -l 2 15 137; kill -l TERM SIGHUP usr1
kill -l NOSUCH; echo $?
kill -0 $$; echo $?
kill; echo $?
