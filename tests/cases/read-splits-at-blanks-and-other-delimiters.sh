while IFS=: read -r a b c; do echo "[$a][$b][$c]"; done <<'EOF'
x:y:z:w
x:y
:y:
x::z
x:y:z:
x:y:z::
EOF
IFS=' :' read a b c <<< 'x : y z : w'; echo "[$a][$b][$c]"; IFS=', ' read a b <<< 'p ,q , r'; echo "[$a][$b]"
