f() { local a=1 b c=(1 2) -; local -i n=2+3; local -r r=k; local -A m=([x]=1); local -u up=abc; declare -p a b c n r m up; set -f; [[ $- == *f* ]] && echo noglob; }
f; [[ $- == *f* ]] || echo restored; echo "${a-unset}"; g() { local x=$1 y=$x; echo "[$y]"; }; x=outer; g inner
