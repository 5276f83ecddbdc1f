alias a='b c' z="it's"; alias; alias a; alias -p; alias nope; echo $?
unalias a; echo $?
unalias a; echo $?
unalias; echo $?
unalias -z; echo $?
alias 'x y=1'; echo $?
alias a/b=1; echo $?
alias -z; echo $?; alias =x; echo $?; alias -- -f=1; alias -- -f; alias e=; alias e; unalias -a; alias
