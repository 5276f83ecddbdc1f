x='a"b'; cat <<E
"$x" '$x' \$x \\ \a \` "${x:-"q"}" ${x/\"/Q} $(echo "in 'q'") `echo "b"` ${u:-'s'} ${u:-"d"} \
joined $((1+1)) ${#x} $'no'
E
cat <<"E F"
lit $x \
E F
cat <<\E
$(no) \\
E
