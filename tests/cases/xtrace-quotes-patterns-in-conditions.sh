# What stands for itself in the pattern has a backslash; a negation is shown, parentheses are not.
y='a b'
set -x
[[ $y == "$y" ]]
[[ a == "x*"y* ]]
[[ ! -e /nope && -n $y ]]
[[ ! ( a == b ) ]]
[[ "" || a < "b c" ]]
[[ a.b =~ ^"a.b"$ ]]
