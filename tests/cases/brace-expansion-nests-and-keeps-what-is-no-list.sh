echo {a,b{1,2},c}-{x,y}
echo {a} {} {a,b a{,b}c x{,}y pre{fix,}
echo {a\,b,c} {"x y",z} "{q,r}" \{s,t} {u,v\}
x=1 y=2; echo {$x,$y} ${x}{a,b}
