empty='' str=x
[[ !($empty) ]] && echo empty
[[ !($str) ]] || echo not empty
shopt -s extglob
[[ !($empty) ]] && echo matches
