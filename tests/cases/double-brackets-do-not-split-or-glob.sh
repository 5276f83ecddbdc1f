# Empty and blank-holding variables need no quotes.
e= b='a b'
[[ $e = '' ]] && [[ -z $e ]] && [[ $b = 'a b' ]] && [[ -n $b ]] && echo fine
[[ $unset ]]; echo $?
[[ * ]]; echo $?
