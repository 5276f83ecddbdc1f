select x in a b c; do echo "[$x] [$REPLY]"; done <<<$'2\n9\n  1  \nb c\n0\n+3'
echo "status $? [$x] [$REPLY]"
