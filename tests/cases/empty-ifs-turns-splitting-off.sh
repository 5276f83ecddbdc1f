# With IFS empty nothing is split; with IFS unset the default applies.
x='a b'
IFS=
printf '[%s]' $x; echo
unset IFS
printf '[%s]' $x; echo
