producer() { for i in 1 2 3; do echo "item $i"; sleep 0.01; done; echo 'end'; }
consumer() { while IFS= read -r line && [[ $line != end ]]; do echo "$1 got $line"; done; }
producer | consumer one
exec 3< <(producer)
consumer two <&3
exec 3<&-
{ producer; producer; } | { consumer three; consumer four; }
