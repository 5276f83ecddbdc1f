# (( )) and let with the value zero have status 1.
set -e
i=0
((i++)) || echo zero
((i++))
let i=0
echo not reached
