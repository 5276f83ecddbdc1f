# The last name takes the rest; too few fields leave empty names.
read -r a b c <<< '  one  two  three   four  '; echo "[$a][$b][$c]"
read -r a b c <<< 'one'; echo "[$a][$b][$c]"
read -r <<< '  kept blanks '; echo "[$REPLY]"
