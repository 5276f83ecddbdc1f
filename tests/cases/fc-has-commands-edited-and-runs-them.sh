set -o history
echo one
echo two
fc -e 'sed -i s/one/1/' 1 2
FCEDIT=cat
fc -1
fc -e false 1
echo $?
history
