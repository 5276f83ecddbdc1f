declare -A total names
while IFS=, read -r who dept amount; do (( total[$dept] += amount )); names[$dept]+="${names[$dept]:+ }$who"; done <<'EOF'
ann,ops,10
bob,dev,20
cid,ops,5
dee,dev,1
EOF
for d in $(printf '%s\n' "${!total[@]}" | sort); do echo "$d ${total[$d]} (${names[$d]})"; done
[[ -v total[ops] ]] && echo has; [[ -v total[hr] ]] || echo hasnt; unset 'total[ops]'; echo ${#total[@]}; [[ ${names[dev]} == *bob* ]] && echo found; max=; for d in "${!total[@]}"; do (( ${total[$d]} > ${total[$max]:-0} )) && max=$d; done; echo $max
