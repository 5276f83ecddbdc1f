# Between double quotes $'...' is no quoting form.
echo "$'a\tb'"
