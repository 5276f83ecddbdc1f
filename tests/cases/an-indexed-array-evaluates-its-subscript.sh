# A word as the subscript of an undeclared array is arithmetic.
i=2
a[i]=two a[i+1]=three a[zero]=nothing
echo "${a[2]} ${a[3]} ${a[0]}"
a[]=x; echo not reached
echo "$?"
