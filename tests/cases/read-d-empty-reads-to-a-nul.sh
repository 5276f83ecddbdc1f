# read -d '' stops at NUL bytes.
printf 'a b\0c\nd\0' | while IFS= read -r -d '' x; do echo "[$x]"; done
