# In the shell's own layout.
f() { local x=1; if [ "$x" ]; then echo "a  b" >&2 | cat; else :; fi; for i in 1 2; do echo $i; done; }
declare -f f
declare -F f; declare -F nosuch; echo $?
