declare -A m=([K]=val)
declare -n ref='m["K"]'
ref=val2
key=other
declare -n dynamic='m[$key]'
dynamic=3
echo "$ref $dynamic ${#m[@]} ${m[K]} ${m[other]}"
