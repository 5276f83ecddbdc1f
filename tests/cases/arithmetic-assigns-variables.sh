# =, the operators with =, ++ and --.
x=5
echo $((x+=3)) $((x++)) $x $((--x)) $((y=x*2)) $y $((x<<=2)) $((x%=7)) $((z++)) $z
