# All of them, and no others.
x=$(printf 'a\n\nb\n\n\n')
printf '[%s]\n' "$x" "$(echo; echo)"
