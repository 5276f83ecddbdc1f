complete -W 'a b' foo
compopt -o nospace -o filenames foo
complete -p foo
compopt +o nospace foo
complete -p foo
compopt foo
compopt -o nosuch foo
echo $?
compopt -o nospace bar
echo $?
compopt -o nospace
echo $?
