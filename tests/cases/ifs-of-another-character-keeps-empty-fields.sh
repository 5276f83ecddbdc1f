# Each character of IFS which is not white space ends a field.
IFS=:
x=a::b:
printf '[%s]' $x; echo
x=:a
printf '[%s]' $x; echo
