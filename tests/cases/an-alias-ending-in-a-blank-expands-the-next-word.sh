# And an alias is not expanded within itself.
shopt -s expand_aliases
alias run='echo ' word='a word' echo='echo :'
run word word
alias
