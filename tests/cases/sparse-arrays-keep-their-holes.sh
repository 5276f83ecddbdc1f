a=([5]=five [1]=one [10]=ten); echo ${a[@]} ${!a[@]} ${#a[@]} ${a[-1]} ${a[-6]}
a[-1]=T; a+=(x); unset 'a[5]'; declare -p a; a+=([3]=three z); declare -p a
unset 'a[-1]'; echo ${!a[@]}; b=("${a[@]}"); echo ${!b[@]}
