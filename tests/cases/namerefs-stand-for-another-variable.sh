# Reading, writing and unset go to the target; -R and ${!r} see the reference.
x=1; declare -n r=x
r=2; echo "$x ${!r}"; [[ -R r ]] && echo ref
set_to() { local -n out=$1; out=$2; }
set_to y 'a b'; echo "$y"
unset r; echo "${x-unset}"; unset -n r; x=3; echo "[$r]"
