# "${a[@]}" is a word per element, "${a[*]}" one word, unquoted they split.
a=('one two' '' three)
printf '[%s]' "${a[@]}"; echo
printf '[%s]' "${a[*]}"; echo
printf '[%s]' ${a[@]}; echo
IFS=,; echo "${a[*]}"
