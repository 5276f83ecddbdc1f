x=$(nosuch; echo
nosuch; echo $LINENO)
echo "$x" $LINENO
cat <<X
$(echo $LINENO)
X
f() {
  y=$(echo $LINENO
  echo $LINENO)
  echo $y
}
f
