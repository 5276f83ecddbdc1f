alias hi='echo hello'
hi 2> /dev/null || echo "not expanded: $?"
shopt -s expand_aliases
hi there
alias x='y ' y='echo Y' e=echo
x y
\hi 2> /dev/null || echo quoted
eval 'hi eval'
f() { hi f; }; f
alias hi; alias nope; echo $?
unalias hi; hi 2> /dev/null || echo gone
unalias nope; echo $?
alias 'a b=c'; echo $?
alias pipe='echo piped |'; pipe cat
unalias -a; alias
