# The order is not told, so it is sorted here.
declare -A m=([one]=1 [two]=2 [three]=3)
for k in "${!m[@]}"; do echo "$k=${m[$k]}"; done | sort
m=(x 1 y 2); printf '%s\n' "${!m[@]}" | sort
