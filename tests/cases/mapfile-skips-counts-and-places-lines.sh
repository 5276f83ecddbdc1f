mapfile -t a < <(printf '1\n2\n3\n4\n'); echo ${#a[@]} ${a[3]}; mapfile -n 2 a <<< $'x\ny\nz'; declare -p a; mapfile -s 1 -t a <<< $'x\ny\nz'; declare -p a
a=(0 1 2 3); mapfile -t -O 2 a <<< $'p\nq'; declare -p a; mapfile -d : -t a < <(printf 'p:q:r'); declare -p a; mapfile -td '' a < <(printf 'p\0q r\0'); declare -p a
mapfile < <(printf 'no newline'); declare -p MAPFILE; readarray -t e < /dev/null; declare -p e
