# An unquoted backslash quotes the next character and disappears; before a newline both disappear.
printf '[%s]\n' a\ b \$x \a \\ \" \* ec\
ho
