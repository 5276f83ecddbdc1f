paste <(seq 3) <(seq 4 6) <(printf '%s\n' a b c)
while read -r l; do last=$l; done < <(seq 3); echo "last $last"
cat < <(cat < <(echo nested))
sum() { local a b; while read -r a <&3 && read -r b <&4; do echo $((a + b)); done 3< "$1" 4< "$2"; }
sum <(seq 3) <(seq 10 12)
false <(true); echo $?
cat <(exit 3); echo $?
echo through > >(sed 's/^/sink: /'); wait
exec 3< <(echo kept); read -r x <&3; echo $x
[[ <(:) == /dev/fd/* ]] && echo name
