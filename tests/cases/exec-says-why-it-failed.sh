# Of a path it says so twice.
(exec nosuch); echo $?
(exec /nosuch/file); echo $?
(exec /); echo $?
echo '#!/nope' > /tmp/$$.x; chmod +x /tmp/$$.x
(exec /tmp/$$.x) 2>&1 | sed "s/$$/PID/"; rm /tmp/$$.x
exec -z; echo $?
shopt -s execfail
exec nosuch; echo "went on after $?"
