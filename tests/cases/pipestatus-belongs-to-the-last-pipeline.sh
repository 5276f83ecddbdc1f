false | (exit 3) | true; echo "${PIPESTATUS[@]}" "$?"
false | :; a=("${PIPESTATUS[@]}"); echo "${a[@]}"
! false | true; echo "${PIPESTATUS[@]}"
if false | true; then echo "${PIPESTATUS[@]}"; fi
x=1; echo "${PIPESTATUS[@]}"
(exit 4); echo "${PIPESTATUS[0]}"
nosuch 2> /dev/null | cat; echo "${PIPESTATUS[*]}"
cat < /nope | cat; echo "${PIPESTATUS[*]}"
f() { false | true | (exit 2); }; f; echo "${PIPESTATUS[@]}"
