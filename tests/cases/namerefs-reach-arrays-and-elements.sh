# The reference may be subscripted, or name an element.
a=(p q); declare -n r=a e='a[1]'
r+=(s); e=Q
echo "${r[@]} ${#r[@]} $e"
for i in "${!r[@]}"; do echo -n "$i"; done; echo
