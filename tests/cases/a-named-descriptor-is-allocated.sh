# {v}>file opens a descriptor of 10 or more and keeps it open after the command.
exec {fd}>f
[ "$fd" -ge 10 ] && echo large
echo into >&$fd
exec {fd}>&-
cat f
