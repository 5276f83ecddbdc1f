set -e
check() { grep -q "$1" data; echo "checked $1"; }
echo 'alpha' > data
if check beta; then echo "continues after the failure"; fi
check beta || echo "not this"
check alpha
r=$(check gamma) || echo "substitution failed: [$r]"
{ check delta && echo yes; } || echo no
(check epsilon; echo never)
echo never either
