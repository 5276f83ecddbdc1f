# ! binds closest, then &&, then ||; parentheses group; they short-circuit.
[[ ! -z x && ( a = b || c = c ) ]] && echo yes
[[ a = b && $(echo run >&2) ]]; echo $?
[[ ! a = a || ! ( b = c ) ]]; echo $?
