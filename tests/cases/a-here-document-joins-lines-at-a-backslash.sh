# Unless the delimiter is quoted.
cat <<A; cat <<'B'
one \
two
A
one \
two
B
