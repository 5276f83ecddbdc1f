n=3; echo {1..$n}
set -- {a,b}$n; echo $# $1 $2
a=({x,y}_{1,2}); echo ${#a[@]} "${a[@]}"
touch f1 f2; echo f{1,2,3} f{1,2}*
