# Slices count set elements from the given index.
a=(zero one two three [7]=seven)
echo "${a[@]:1:2} / ${a[@]:3} / ${a[@]: -1}"
echo "${a[@]#t} / ${a[@]/e/E} / ${a[@]%%e*}"
echo "${#a[@]} ${#a[1]} ${a} ${a[@]@Q}"
