# { } shares variables, directory and exit; ( ) keeps them inside.
x=1 d=$PWD
{ x=2; }; echo $x
(x=3; cd /; set -f; exit 9); echo "$? $x"
[ "$PWD" = "$d" ] && echo same
case $- in *f*) echo noglob;; esac
