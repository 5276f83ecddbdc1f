env -i bash -c 'env | cut -d= -f1 | sort'
true a b; echo "$_"
