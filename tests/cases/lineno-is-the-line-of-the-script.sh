# Also in functions, groups and over continued lines.
echo $LINENO
f() {
  echo $LINENO
}
f; { echo \
  $LINENO; }
x="
"; echo $LINENO
