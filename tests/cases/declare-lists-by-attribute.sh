declare -i int=1; declare -l low=x; declare -a arrx=(1); declare -A assx=([k]=v); declare -x expx=1; readonly rox=1; declare -n refx=int
declare -i | grep int; declare -l; declare -a | grep arrx; declare -A | grep assx; declare -x | grep expx; declare -r | grep rox; declare -n; declare -p int arrx; declare -pi | grep int
