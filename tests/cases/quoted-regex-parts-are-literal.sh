# As a variable unquoted it is a regular expression.
r='a.c'
[[ abc =~ $r ]]; echo $?
[[ abc =~ "$r" ]]; echo $?
[[ a.c =~ a'.'c ]]; echo $?
[[ 'a b' =~ a\ b ]]; echo $?
[[ xay =~ (a|b)y$ ]]; echo "$? ${BASH_REMATCH[1]}"
