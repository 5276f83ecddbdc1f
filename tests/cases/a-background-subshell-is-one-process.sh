# $! is the process of the parentheses themselves, with redirections or not: a signal ends what is in them.
(echo $BASHPID > pid) & p=$!
wait $p; [ "$p" = "$(cat pid)" ] && echo same
(echo $BASHPID) > pid & p=$!
wait $p; [ "$p" = "$(cat pid)" ] && echo same
(while :; do :; done) & p=$!
kill -KILL $p; wait $p 2> /dev/null; echo $?
(echo $BASH_SUBSHELL) & wait
(trap 'echo bye' EXIT; echo in; exit 3) > out & wait $!
echo $?; cat out
{ (echo unseen) > /missing/file & wait $!; } 2> /dev/null
echo $?
(echo $BASHPID) | { read -r a; echo $(( a != BASHPID )); }
(trap 'echo end' EXIT; echo in) > out | cat; cat out
