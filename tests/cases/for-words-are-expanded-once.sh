# Changing what they came from does not change the loop.
list='1 2 3'
for i in $list {a..b}; do list=; echo -n "$i "; i=x; done; echo "$i"
