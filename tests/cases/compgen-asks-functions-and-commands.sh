f() { COMPREPLY=("$#:$1:$2:$3" "$COMP_CWORD:$COMP_POINT:${#COMP_WORDS[@]}" drop); }
compgen -F f -X drop word
g() { COMPREPLY=one; return 3; }
compgen -F g -P '<' -S '>'
h() { return 124; }
compgen -F h
echo $?
compgen -F nosuch
echo $?
compgen -C 'printf "%s\n" a b; :'
k() { compopt -o nospace; }
k
echo $?
