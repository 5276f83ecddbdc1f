# Any quoting of any part of the delimiter.
cat <<'A' - ; cat <<\B; cat <<C"D"
$x `y` \\
A
$x \
B
$x
CD
