# -t drops the newlines, -n and -s count, -O is the first index.
seq 5 > f
mapfile -t a < f; echo "${#a[@]} ${a[*]}"
mapfile -t -s 1 -n 2 a < f; echo "${a[@]}"
mapfile -t -n 2 -O 7 a < f; echo "${!a[@]}"
mapfile b <<< x; printf '[%s]' "${b[@]}"; echo
mapfile -t -d , c < <(printf 'p,q,r'); echo "${c[@]}"
readarray < f; echo "${#MAPFILE[@]}"
