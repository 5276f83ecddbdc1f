x='a b'
declare a=$x; echo "$a"
builtin declare b=$x; echo "$b"
command declare c=$x; echo "$c"
command export d=$x; echo "$d"
set -o posix
command export e=$x; echo "$e"
builtin export f=$x; echo "$f"
