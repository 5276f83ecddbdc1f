read <<< '  x  y  '; echo "[$REPLY]"; read x <<< '  x  y  '; echo "[$x]"; IFS= read x <<< '  x  y  '; echo "[$x]"
IFS=/ read -r x y <<< 'a\b/c\'; echo "[$x][$y]"; read x y <<< 'a\ b c\
d'; echo "[$x][$y]"
