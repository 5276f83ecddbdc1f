declare -i x=1; x='1 +'; echo not reached
