s='a b'; declare -i n=5; declare -rx r=6; a=(1 'b c'); declare -A m=([k]=v); declare -l low=X; declare -a w
echo "${s@A}" "${n@A}" "${r@A}" "${low@A}"; echo "${a[@]@A}" "${a@A}" "${a[1]@A}" "${m[@]@A}"; echo "${w@A}" "${w[@]@A}" "[${u@A}]"
set -- x 'y z'; echo "${@@A}"; printf '<%s>' "${@@A}"; echo
