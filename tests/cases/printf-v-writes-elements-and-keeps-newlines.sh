printf -v x '%s\n\n' a; echo "[$x]"; printf -v a[2] %03d 7; printf -v 'a[0]' '%s-' 1 2; declare -p a
declare -A m; printf -v 'm[some key]' val; declare -p m; printf -v x ''; echo "[$x]" $?; printf -vy %d 5; echo $y
