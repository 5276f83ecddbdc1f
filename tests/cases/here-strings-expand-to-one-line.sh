cat <<< "a  b"; cat <<< a\ b; cat <<< $'t\tt'; x='p  q'; cat <<< $x; a=(1 2); cat <<< ${a[@]}; cat <<< "${a[*]}"; cat <<< *; cat <<< ''; wc -c <<< ''; cat <<< "x
y"; read a b <<< "1 2 3"; echo "$b"; cat <<<one <<<two; tr a-z A-Z <<< "${x^}"; while read -r l; do echo "[$l]"; done <<< "$(printf '1\n2\n\n')"
