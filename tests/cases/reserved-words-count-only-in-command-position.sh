# As arguments, quoted, or after an assignment they are ordinary.
echo if then else fi { } ! done
'if' true; echo $?
for for in in do; do echo "$for"; done
