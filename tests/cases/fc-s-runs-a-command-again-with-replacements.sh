set -o history
echo one two
fc -s
fc -s one=1 two=2 echo
fc -s nosuch
echo $?
fc -s 1
history
