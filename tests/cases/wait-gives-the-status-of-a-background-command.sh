# By pid or job number; waiting again gives it again.
(exit 3) & wait $!; echo $?
(exit 4) & p=$!; (exit 5) & q=$!
wait $q; echo $?; wait $p; echo $?; wait $p; echo $?
true & wait; echo $?
