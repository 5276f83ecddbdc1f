# Each call has its own.
fact() { local n=$1; if ((n < 2)); then echo 1; else echo $((n * $(fact $((n - 1))))); fi; }
fact 10
down() { local n=$1; ((n)) && down $((n - 1)); echo -n "$n "; }
down 3; echo
