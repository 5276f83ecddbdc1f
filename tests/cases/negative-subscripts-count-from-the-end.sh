# Before the start is an error.
a=(a b c d)
echo "${a[-1]} ${a[-4]}"
a[-1]=D; unset 'a[-2]'; echo "${a[@]}"
echo "${a[-9]}"
a[-9]=x; echo not reached
echo "$?"
