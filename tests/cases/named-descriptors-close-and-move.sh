exec {in}< <(printf '1\n2\n') {out}> o
echo $((in >= 10)) $((out > in))
read -r a <&$in; read -r b <&$in; echo "$a $b"
echo written >&$out; exec {out}>&- {in}<&-
cat o
echo lost >&$out
exec {unset_one}>&-; echo $?
readonly ro=5; echo x {ro}> r; echo $?
