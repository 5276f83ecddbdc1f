# 0 octal, 0x hexadecimal, base#digits up to 64.
echo $((010)) $((0xfF)) $((2#1011)) $((16#ff)) $((36#z)) $((64#_)) $((10#08))
