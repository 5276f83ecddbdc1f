read -n 3 x <<< abcdef; echo "[$x]"; read -n 3 x <<< 'a
b'; echo "[$x]"; read -N 3 x <<< $'a\nbc'; echo "[$x]"; read -N 9 x <<< ab; echo "$? [$x]" | od -An -c
read -d : x <<< 'a b:c'; echo "[$x]"; printf 'p\0q\0' | while read -r -d '' x; do echo "<$x>"; done; read -n 0 x <<< abc; echo "$? [$x]"
read -rn1 c <<< '\n'; echo "[$c]"; { read -n 2 a; read b; } <<< 12345; echo $a $b
