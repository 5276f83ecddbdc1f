# exec without a command redirects the shell itself.
exec 3>&1 >f
echo hidden
exec 1>&3 3>&-
echo shown; cat f
exec <f; read -r line; echo "got $line"
