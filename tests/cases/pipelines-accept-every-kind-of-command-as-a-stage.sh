f() { read -r x; echo "f got $x"; return 7; }
echo one | f; echo "${PIPESTATUS[@]}"
for i in b a; do echo $i; done | while read -r l; do echo "[$l]"; done | sort | { head -n 1; }
if true; then echo yes; fi | case x in x) cat; exit 9 ;; esac; echo "${PIPESTATUS[@]}"
[[ a == b ]] | ((0)) | ! true 2> /dev/null
until true; do :; done | (exit 3) | eval 'exit 4'; echo "${PIPESTATUS[@]}"
{ echo out; echo err >&2; } 2>&1 >/dev/null | sed 's/^/stage: /'
