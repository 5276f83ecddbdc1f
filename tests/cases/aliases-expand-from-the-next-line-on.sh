# expand_aliases must be on; the line which defines one has been read already.
shopt -s expand_aliases
alias hi='echo hello'; hi
hi there
'hi' || unalias hi; hi
hi; alias hi
