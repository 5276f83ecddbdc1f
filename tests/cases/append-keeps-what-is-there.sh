# >> creates the file or writes at its end; > empties it, even with no command.
echo 1 >> f; echo 2 >> f; cat f
> f
wc -c < f
