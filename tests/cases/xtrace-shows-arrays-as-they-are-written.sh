# A plain array assignment is shown in its source form, before its words are expanded.
x='a b'
set -x
a=(1 "two words" $x "$(echo sub)")
a+=("$x")
a[1]="q r"
a[1 + 1]=$x
s+=" c"
e=
