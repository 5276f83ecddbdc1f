# ${#x}, ${#a[@]}, ${#a[0]}, ${#@} and ${#}.
x=hello a=(aa bbb)
set -- p q r
echo ${#x} ${#a[@]} ${#a[1]} ${#a} ${#@} ${#*} ${#} ${#1} ${#unset}
