# |& is 2>&1 | after the stage's own redirections.
{ echo out; echo err >&2; } |& sort
{ echo out; echo err >&2; } >f |& sed 's/^/to pipe: /'
cat f
