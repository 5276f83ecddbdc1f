# With the line in that file.
printf '%s\n' '# first' 'nosuch-command' 'echo $LINENO' > lib
. ./lib
