b=(3 4 5)
expr='b[$(echo 2)]'
echo "$((expr))" "${b[b[0]-2]}"
i='a[$(echo 1)]'
a=(0 2)
echo "${b[i]}"
b[i]=new
declare -p b
((expr == 0)) && echo zero
[[ i -eq 2 ]] && echo two
