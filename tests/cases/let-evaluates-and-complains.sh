let; echo $?
let 'x = 5' y=x*2 'z = y > 9'; echo $? $x $y $z; let 0; echo $?; let 1 0; echo $?; let '1 +'; echo $?
let 'a b'; echo $?; let -- -5+5; echo $?; let i++ ++i; echo $i; let 'm=1,n=2'; echo $m$n; let 3=4; echo $?
