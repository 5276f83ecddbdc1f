# No splitting and no globbing happens in an assignment, a case word or [[ ]].
touch glob1 glob2
x='a   glob*'
y=$x
case $x in 'a   glob*') echo same;; esac
[[ $x = "$y" ]] && echo "$y"
