set -o history
history -s pushed entry
: a
: b
history
history -d 2
history -d -1
history -d 1-2
history
history -d 100
echo $?
history -d x-y
echo $?
history -c
history
history abc
echo $?
history -anw
