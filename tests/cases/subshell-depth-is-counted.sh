# BASH_SUBSHELL counts ( ), $( ) and pipeline stages.
echo $BASH_SUBSHELL
(echo $BASH_SUBSHELL; (echo $BASH_SUBSHELL))
echo $(echo $BASH_SUBSHELL)
echo x | echo $BASH_SUBSHELL
