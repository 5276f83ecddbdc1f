# Without an argument it is that of the last command.
(exit 300); echo $?
(exit -1); echo $?
(false; exit); echo $?
(exit 1 2); echo $?
exit word
