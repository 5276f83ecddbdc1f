cat <<E1 && echo done
first
E1
if cat <<X; then echo ok; fi
condition
X
echo "$(cat <<Y
in "quoted" $(echo substitution)
Y
)"
f() { cat <<Z
function $1
Z
}
f one; f two
cat <<E | sed 's/^/> /' | sort -r
line 1
line 2
E
(cat <<E) > file; cat file
subshell
E
