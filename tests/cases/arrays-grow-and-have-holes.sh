# Elements may be set at any index, appended, removed.
a=(x y)
a[5]=z; a+=(w v)
echo "${#a[@]} ${!a[@]}"
unset 'a[0]'; echo "${a[@]} ${#a[@]} ${a[0]-none}"
a=([3]=three four [1]=one); echo "${!a[@]}: ${a[@]}"
