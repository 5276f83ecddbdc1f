declare -i n=1; declare -rx r=1; declare -a a=(1 2); declare -A m=([k]=v); declare -u up=x; s=1; declare -n ref=n; declare -air ai=(1)
echo "[${n@a}] [${r@a}] [${a@a}] [${a[1]@a}] [${m@a}] [${m[k]@a}] [${up@a}] [${s@a}] [${ref@a}] [${ai@a}] [${u@a}]"
echo "${a[@]@a}|"; set -- x y; printf '<%s>' "${@@a}"; echo
