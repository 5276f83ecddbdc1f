# With a blank the number is an argument.
echo 2 >f; cat f
echo 2>f; wc -c <f | tr -d ' '
echo a2>f; cat f
