trap 'echo "debug: $BASH_COMMAND"' DEBUG
x=1
for i in a 'b c'; do echo $i; done
[[ $x ]]
((x > 0))
case $x in 1) echo one ;; esac
while ((x < 2)); do ((x++)); done
(echo sub)
trap - DEBUG
