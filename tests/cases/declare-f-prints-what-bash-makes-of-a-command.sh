f() { if a; then b; elif c; then d; elif x; then y; else e; fi; for i; do :; done; a |& b; [[ $x && ! y || ( z == w ) ]]; while read -r l; do echo "$l"; done < <(cmd) > out; case $1 in a|b) echo 1;; *) ;; esac; { g; } 2>&1 & ( h; i ); ! j; time k; x=1 y=(1 2) z+=3 cmd >> log; for ((i=0; i<3; i++)); do continue; done; until false; do break; done; }
g() ( cd /; echo "$@" ) > log 2>&1
h() for i in 1; do echo; done
k() [[ a == b ]]
l() { echo a; } < in
m() if a; then b; else c; fi
declare -f; type l
