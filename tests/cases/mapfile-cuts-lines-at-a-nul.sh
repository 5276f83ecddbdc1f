printf 'a\0b\nc\0\n' > f
mapfile x < f
declare -p x
mapfile -d '' y < f
declare -p y
