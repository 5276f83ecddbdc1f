# Brace expansion makes words, nested and with empty parts, before anything else.
echo a{b,c,d}e {a,b}{1,2} x{,y} {a,{b,c}d}
echo {a} {} a{b c}d {a,b
