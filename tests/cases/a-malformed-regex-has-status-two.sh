# Nothing is printed.
r='a('
[[ a =~ $r ]]; echo $?
