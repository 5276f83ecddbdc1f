# "x$@y" puts the text to the first and last parameter; with no parameters the text alone remains.
set -- 1 2 3
printf '[%s]' "x$@y"; echo
set --
printf '[%s]' "x$@y"; echo
set -- "$@"
echo $#
