set -k
f() { echo "$# ${v-unset}"; }
f a v=1 b
bash -c 'echo "$# ${v-unset}"' x v=2 y
echo z=3 a
set +k
f v=4
