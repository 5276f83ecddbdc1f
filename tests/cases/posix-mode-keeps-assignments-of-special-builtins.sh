set -o posix
x=1 :
declare -p x
y=1 eval 'y=5'
echo "$y"
z=42
z=tmp unset z
echo "$z"
f() { w=1 :; }
f
echo "$w"
v=1 true
echo "${v-unset}"
