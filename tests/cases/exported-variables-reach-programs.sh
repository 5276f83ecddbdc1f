# A plain variable does not; export -n takes it back; unset too.
zz_a=1; zz_b=2; export zz_b zz_c=3
env | grep '^zz_' | sort
export -n zz_b; unset zz_c; env | grep '^zz_'; echo $?
