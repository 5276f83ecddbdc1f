# Quotes or a backslash at the brace or comma stop the expansion.
echo '{a,b}' \{a,b} {a\,b} "x{1..2}" {a','b}
x=a,b n=3
echo {$x} {1..$n} ${x}{1,2}
