declare -A m=([k]=v); e=; echo "[${m[$e]:-default}]" "[${m[$e]}]"; [[ -v m[$e] ]]; echo $?; m=([j]=w [""]=x); echo $? ${m[@]}; m+=([$e]=1); m[$e]=1; echo not on this line
echo ${#m[@]}; a=(1 2); echo ${a[$e]} ${a[ 1 ]}; printf -v "m[$e]" x; echo $?
