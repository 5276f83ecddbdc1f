declare -n a=b
declare -n b=a
a=1
echo "$?"
