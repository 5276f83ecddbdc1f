(echo $((08))); (echo $((2#3))); (echo $((65#1))); (echo $((1#0))); (echo $((16#))); (echo $((0x))); (echo $((1a))); (echo $((9#9))); (echo $((0xg))); echo $?
