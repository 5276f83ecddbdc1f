# Any string is a key; declare -A is needed.
declare -A m=([a b]=1 ['x']=2)
m[$'k\n']=3 m[a b]+=0
k=x; echo "${m[a b]} ${m[$k]} ${#m[@]} ${m[none]-none}"
unset 'm[x]'; echo "${#m[@]}"
[[ -v m['a b'] ]] && echo has
