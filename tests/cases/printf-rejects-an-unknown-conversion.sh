# What stands before it is printed.
printf 'a%yb\n' 1; echo "$?"
printf; echo $?
