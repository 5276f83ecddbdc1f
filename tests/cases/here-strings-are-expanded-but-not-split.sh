x='p q   r'; cat <<< $x
cat <<< "$x" | wc -c
cat <<< {a,b}*
cat <<< 'single $x'$'\n''second'
cat <<< ""| wc -c
read -r a b <<< "$x"; echo "$a|$b"
IFS=: read -ra parts <<< "a:b:c"; echo "${parts[1]}"
tr a-z A-Z <<< "$(echo sub)"
