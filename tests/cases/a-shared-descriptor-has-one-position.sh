# A subshell reading from it moves it for everyone.
printf '%s\n' 1 2 3 > f
exec 5<f
(read -r x <&5; echo "sub $x")
read -r x <&5; echo "main $x"
cat <&5
