declare -A count
while read -ra words; do for w in "${words[@]}"; do ((count[${w,,}]++)); done; done <<'E'
the quick fox
The lazy dog and the fox
E
for w in "${!count[@]}"; do printf '%d %s\n' "${count[$w]}" "$w"; done | sort -k1,1nr -k2
total=0; for n in "${count[@]}"; do ((total += n)); done; echo "total $total"
unset 'count[the]'; echo "${#count[@]} ${count[the]-gone} ${count[fox]+here}"
