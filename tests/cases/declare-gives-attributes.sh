# -i evaluates, -u and -l change case, -r protects, -x exports; + removes.
declare -i n; n=2+3; n+=4; echo $n
declare -u u=abc; declare -l l=ABC; echo "$u $l"
declare +i n; n=1+1; echo $n
declare -g g=1; typeset t=2; echo $g$t
