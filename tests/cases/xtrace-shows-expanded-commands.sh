# With PS4, its first character repeated for each level of nesting; words are quoted where needed.
x='a b'
set -x
y=$x; echo "$x" $(echo sub) > /dev/null
[[ $x = a* ]]; ((1 + 1)); for i in 1; do :; done
PS4='> '; : last
{ set +x; } 2> /dev/null; echo quiet
