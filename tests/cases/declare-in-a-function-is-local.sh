# -g makes it global.
f() { declare x=1; declare -g y=2; typeset z=3; }
f; echo "${x-unset} ${y-unset} ${z-unset}"
