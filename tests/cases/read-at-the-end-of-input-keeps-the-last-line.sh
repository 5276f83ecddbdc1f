printf 'a\nlast' | { while read -r l; do echo "<$l>"; done; echo "left <$l>"; }
printf 'a\nlast' | while read -r l || [[ -n $l ]]; do echo "<$l>"; done
x=old; read x < /dev/null; echo "$? [$x]"; read -a arr < /dev/null; echo $? ${#arr[@]}
