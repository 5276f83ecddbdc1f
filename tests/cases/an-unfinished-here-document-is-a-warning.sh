# The end of the input ends the body too.
cat <<E
text
