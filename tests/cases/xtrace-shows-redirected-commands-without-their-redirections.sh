set -x
echo a > /dev/null
cat <<E > /dev/null
doc
E
read v <<< "x y"
exec 3>&1
{ echo b; } 2>&1
(echo c; set +x; echo d)
