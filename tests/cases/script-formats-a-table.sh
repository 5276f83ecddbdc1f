rows=('apple|3|1.50' 'banana|12|0.25' 'cherry pie|1|12.00') width=0 total=0
for r in "${rows[@]}"; do n=${r%%|*}; (( ${#n} > width )) && width=${#n}; done
printf "%-${width}s %5s %8s\n" Item Qty Price; printf '%*s\n' $((width + 15)) '' | tr ' ' -
for r in "${rows[@]}"; do IFS='|' read -r n q p <<< "$r"; printf '%-*s %5d %8.2f\n' "$width" "$n" "$q" "$p"; total=$(( total + q * ${p/./} )); done
printf '%-*s %5s %5d.%02d\n' "$width" Total '' $((total / 100)) $((total % 100)); printf '=%.0s' {1..20}; echo; printf '%s\n' "$(printf '%03d,' {8..11})"
