# x=$* joins by the first character of IFS, x=$@ by a space.
set -- a b c
IFS=,
x=$* y=$@ z="$*"
echo "$x" "$y" "$z"
