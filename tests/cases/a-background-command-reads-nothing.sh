# Without job control its standard input is /dev/null.
printf 'a\nb\n' > f
exec < f
cat & wait; read -r x; echo "shell got $x"
