for text in 'if true' 'if true; then' 'for i in a; do' 'while true; do echo;' 'case a in' 'f() {' '(echo' \
  '{ echo' 'echo $((1+' '[[ a' '((1+' 'echo "a' "echo 'a" 'echo $(a' 'echo ${a' 'echo `a' 'a &&' 'a |' \
  'until false' 'select x in a' 'function f' 'cat <(' 'echo $(( 1 + $(echo'; do
  bash -c "$text" 2>&1
  echo "$text: $?"
done
