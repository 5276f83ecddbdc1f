# Globs, braces, substitutions and splitting work inside the parentheses; comments and newlines too.
touch g1 g2
x='p q'
a=(g* {1..2} $x "$x" # comment
  $(echo s t))
echo ${#a[@]}; printf '[%s]' "${a[@]}"; echo
