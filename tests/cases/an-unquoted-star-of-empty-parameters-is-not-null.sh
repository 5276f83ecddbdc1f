set -- "" ""
IFS=
echo 1${*:-null} "2${*:-null}" 3${@:-null} "4${@:+set}"
a=("" "")
printf '<%s>' ${a[*]:-null} "${a[*]:-null}"
echo
