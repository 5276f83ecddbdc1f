# Between double quotes the word of ${x:-'y'} keeps its single quotes, but a pattern's quotes do quote.
x="a'b"
echo "${u:-'y'}"
echo "${x%"'b"}" "${x#*\'}"
