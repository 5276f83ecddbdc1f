# The text is read as if it were typed.
shopt -s expand_aliases
alias begin='if true; then' end='fi' pipe='| tr a-z A-Z'
begin echo inside pipe; end
unalias -a; alias; alias nosuch; echo $?
