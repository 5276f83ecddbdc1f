# A backslash quotes a separator and joins lines.
printf '%s\n' 'a\ b c\' 'd' > f
read x y < f; echo "[$x][$y]"
read -r x y < f; echo "[$x][$y]"
