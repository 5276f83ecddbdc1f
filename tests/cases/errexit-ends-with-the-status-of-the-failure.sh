for c in 'false' '(exit 3)' 'nosuch' 'echo x > /nope/x' 'cd /nope' '[[ a == b ]]' '((0))' 'x=$(exit 4)' \
  'readonly r=1; r=2' 'echo $((1/0))' 'true | (exit 5)' 'f() { return 6; }; f' '{ false; }' 'eval false' \
  'command false' 'let 0' 'exit 7' '. /nope' 'i=0; ((i++))' 'local x' 'shift 5' 'wait 99999' 'type nosuch'; do
  bash -ec "$c; echo 'went on'" 2> /dev/null; echo "$c: $?"
done
