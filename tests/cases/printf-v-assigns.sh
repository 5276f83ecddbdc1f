# A variable or an element.
printf -v x '%03d' 7; printf -v 'a[2]' '%s' two
echo "$x ${a[2]}"
printf -v '1x' a; echo $?
