select x in a b; do echo "$x"; done </dev/null
echo "$?"
select x in a b; do echo "<$x>"; done < <(printf '1\n2')
echo "$? $x"
