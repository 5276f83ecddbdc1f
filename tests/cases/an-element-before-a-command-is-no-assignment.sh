a=(0 1 2)
a[1]=foo true
echo "${a[@]}"
