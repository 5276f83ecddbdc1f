# It is expanded but neither split nor globbed.
x='a  *'
cat <<< $x
cat <<< "$x"b' c'
read -r a b <<< 'first the rest'; echo "$b"
