for s in plain 'two words' "it's" $'tab\there' '' '$x`y`"' '*'; do
  q=${s@Q}; eval "back=$q"; [ "$back" = "$s" ] && echo "ok $q"
done
a=(1 'b c' "d'e"); echo "${a[@]@Q}"; set -- x 'y z'; echo "${@@Q}" "${*@Q}" ${2@Q}; echo "[${u@Q}]"
