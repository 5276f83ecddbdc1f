set -o history
HISTFILE=$PWD/h
: a
: b
history -w
cat h
: c
history -a h2
cat h2
history -c
history -r h
history -r nosuch
echo $?
history
HISTFILESIZE=1
cat h
rm -f h h2
