# Element 0 is the whole match, then one for each group; a failed match empties it.
[[ 2024-06-30 =~ ^([0-9]+)-(0?([0-9]))- ]]; echo "$? ${#BASH_REMATCH[@]}"
printf '[%s]' "${BASH_REMATCH[@]}"; echo
[[ ab =~ (x)?b ]]; printf '[%s]' "${BASH_REMATCH[@]}"; echo
[[ a =~ b ]]; echo "$? ${#BASH_REMATCH[@]}"
