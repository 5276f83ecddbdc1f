# Literal text is never split by IFS; text beside an expansion joins its first and last field.
IFS=-
x=b-c
printf '[%s]' a-$x-d; echo
printf '[%s]' p$x'q'; echo
