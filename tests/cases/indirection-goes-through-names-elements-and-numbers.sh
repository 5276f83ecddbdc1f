x=y y=z; a=(p q r); i='a[1]' all='a[@]'; set -- one two; n=2 last=#
echo ${!x} ${!i} "${!all}" ${!n} ${!#} ${!last}; ref=nope; echo "[${!ref}]" ${!ref:-default} ${!x:0:1} ${!x^} ${!i/q/Q}
xa=1 xb=2 xc=; echo ${!x*} "${!xa@}"; echo ${!a[@]} ${!a[*]}
