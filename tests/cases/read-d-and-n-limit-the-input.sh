# -d changes the delimiter, -n and -N count characters; the rest stays for the next reader.
printf 'ab;cd;efgh\nij' > f
{ read -r -d ';' x; read -r -n 1 y; read -r -N 5 z; echo "[$x][$y][$z]"; cat; echo; } < f
