# Attributes and quoted values.
x='a "b" $c' ; declare -i n=3; declare -a a=(1 'b c' [4]=d); declare -x e=1; declare u
declare -A m=([k]='v w')
declare -p x n a e u m
declare -p none; echo $?
