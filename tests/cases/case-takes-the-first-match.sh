# Patterns are separated by |, may be quoted, and are expanded.
p='a*'
for w in abc 'a*' xyz ''; do
  case $w in
    "$p") echo literal;;
    $p | b) echo pattern;;
    '') echo empty;;
    (*) echo other
  esac
done
