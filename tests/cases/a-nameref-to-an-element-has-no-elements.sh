array=(X Y Z)
declare -n ref='array[0]'
ref=new
echo "${array[@]} [${ref[0]}] [${ref[@]}]"
ref[0]=foo
echo never
