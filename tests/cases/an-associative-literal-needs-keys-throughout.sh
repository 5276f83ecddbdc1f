declare -A m
m=([j]=1 2 [k]=3 4)
echo "$? ${m[j]} ${m[k]} ${#m[@]}"
