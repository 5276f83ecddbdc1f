# Powers are of integers only.
echo $((2 ** -1))
echo "$?"
