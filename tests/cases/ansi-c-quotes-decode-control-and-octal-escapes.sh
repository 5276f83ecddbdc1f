printf '%s' $'a\tb\cA\e\x41\101\u0042\?\'\"\\' | od -An -c
printf '<%s>' $'keep\qthis' $'\x' $'\08' $'two\
lines'; echo
x=$'tab\there'; echo "${#x}" "$'not decoded'"
