seq 3 | sort -r > out &
wait $!; echo $?; cat out
true | (exit 5) & wait $!; echo $?
true && false || (exit 6) & wait $!; echo $?
