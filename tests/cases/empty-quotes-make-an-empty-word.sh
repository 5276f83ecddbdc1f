# A quoted empty string is a word; an unquoted empty expansion is none.
x=
set -- '' "" "$x" $x ""$x
echo $#
