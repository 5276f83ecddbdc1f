complete -W 'a b' foo
complete -F _f -o nospace -o filenames bar
complete -C 'cmd x' -P pre -S suf -X '*.o' c1
complete -G '*.txt' g
complete -A file -A directory -v -A function u
complete -D -F _d
complete -W "it's" -- 'we ird'
complete -p | sort
complete -p nosuch
echo $?
complete -r foo c1
complete -r foo
echo $?
complete -p -D
complete -r
complete -p
complete -F f
complete -A nosuch x
complete -o nosuch x
echo $?
