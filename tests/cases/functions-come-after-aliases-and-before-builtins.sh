# A function may hide a builtin; builtin and command reach past it.
echo() { builtin echo "mine: $*"; }
echo a
command echo b
builtin echo c
unset -f echo; echo d
