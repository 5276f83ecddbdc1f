# A separator which is no blank keeps empty fields; IFS= keeps the line as it is.
IFS=: read -r a b c <<< 'x::y:z'; echo "[$a][$b][$c]"
IFS= read -r l <<< '  a b '; echo "[$l]"
IFS=, read -r a b <<< 'one,two,'; echo "[$a][$b]"
