# $'\0' cuts the rest of the quoted string, but not the rest of the word.
x=$'ab\0cd'ef
echo "$x ${#x}"
