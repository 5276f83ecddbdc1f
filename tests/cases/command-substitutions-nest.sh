# Each has its own quoting; backquotes need backslashes to nest.
echo "$(echo "a $(echo "b  c")")" `echo \`echo d\`` "`echo \"e  f\"`"
