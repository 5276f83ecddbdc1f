# A variable holding an expression or another name is evaluated in turn; unset and empty are zero.
a=b b='c+1' c=4 e=
echo $((a)) $((a*2)) $((e)) $((nothing)) $(($c$c))
