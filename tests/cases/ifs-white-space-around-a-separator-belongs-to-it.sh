# White space next to another IFS character is one separator with it.
IFS=' ,'
x='a , b,c  d, ,e'
printf '[%s]' $x; echo
