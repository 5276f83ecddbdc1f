# Quoted and unquoted parts without a blank between them are one word.
set -- a'b c'"d e"\ f$'\tg'
echo $#
printf '%s\n' "$1"
