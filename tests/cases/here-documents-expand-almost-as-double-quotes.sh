x='a b' y='*'
cat <<E
$x $y "${x}" '$x' \$x \\ \" \a \`echo no\`
$((1 + 2)) $(echo "sub $x") `echo bq`
${none:-default 'quoted' "too"} ${x/a/\}}
line \
continued
E
cat <<-	E
	tab
	  $x
		two tabs
	E
cat <<'E'
$x `y` \
E
cat <<"E F"; cat <<\G
$x
E F
$y
G
