# ${x@Q} quotes so that eval gives the value back.
x="it's a \$y" y=$'a\nb' z=plain
echo "${x@Q} ${y@Q} ${z@Q}"
eval "w=${x@Q}"
echo "$w"
set -- a 'b c'
echo "${@@Q}"
