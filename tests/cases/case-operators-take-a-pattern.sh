s='hello World'
echo "${s^}" "${s^^}" "${s,}" "${s,,}" "${s^w}" "${s^h}" "${s^^[lo]}" "${s,,W}" "${s~}" "${s~~}"
a=(foo BAR); echo ${a[@]^} ${a[@],,} ${a[@]^^[fb]} "${a[*]~~}"
set -- ab cd; echo ${@^} ${*^^} ${1^^?}
