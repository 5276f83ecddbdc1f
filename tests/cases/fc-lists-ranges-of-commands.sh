set -o history
: one
: two
: three
fc -l
fc -l 2 3
fc -l 3 2
fc -lnr 1 2
fc -l -2
fc -l ': t'
fc -l nosuch
echo $?
fc -z
echo $?
