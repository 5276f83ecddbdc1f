# The numbers are signed 64 bit integers.
echo $((9223372036854775807 + 1)) $((1 << 63)) $((-9223372036854775808 - 1)) $((1 << 64))
