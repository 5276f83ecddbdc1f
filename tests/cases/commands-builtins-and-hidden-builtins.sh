command echo hi; builtin echo hi
echo() { printf 'mine: %s\n' "$*"; }
echo a; command echo a; builtin echo a
unset -f echo
builtin cat; echo $?
command nosuch; echo $?
command -v echo ls_nope cat > /dev/null; echo $?
command -v if for; type -t if; command -V if
enable -n echo; type -t echo; enable echo; type -t echo
enable -n nosuch; echo $?
command -x; echo $?; builtin nosuch; echo $?
command; builtin; echo $?
