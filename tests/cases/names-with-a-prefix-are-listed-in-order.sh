# ${!pre@} and ${!pre*} list the set variables whose names begin so.
zz_b=1 zz_a=2 zz_c=
echo ${!zz_*}
printf '[%s]' "${!zz_@}"; echo
printf '[%s]' "${!zz_*}"; echo
