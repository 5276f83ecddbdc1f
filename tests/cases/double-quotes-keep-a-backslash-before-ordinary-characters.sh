# Between double quotes a backslash goes away only before $ ` " \ and a newline.
x=1
printf '%s\n' "\$x \`b\` \" \\ \a \n \' \!"
printf '%s\n' "joined \
line"
