printf 'a\nb\n' > f
exec 5<f
read -r x <&5; echo "$x"
cat /dev/fd/5; cat <&5
cat < f - /dev/stdin
{ echo one; echo 2 > /dev/stdout; } > g; cat g
[ -L /dev/stdin ] && [ -L /dev/fd/5 ] && echo links
[ -e /dev/fd/9 ] || echo none
exec 5<&-
cat /dev/fd/5 2>/dev/null || echo gone
while read -r line; do cat /dev/stdin; done < f
echo z >> /dev/stdout
