# ${x:offset:length}; negative offsets need a blank or parentheses, a negative length is a position from the end.
x=0123456789
echo "${x:7} ${x:2:3} ${x: -3} ${x:(-3):2} ${x:2:-2} ${x: -4:-1} [${x:10}] [${x:11}] [${x:3:0}]"
n=4
echo "${x:n} ${x:n+1:n-2} ${x:$((n)):1}"
