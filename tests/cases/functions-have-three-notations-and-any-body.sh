# name(), function name, and a compound command as the body.
function f { echo f; }
function g () { echo g; }
h() (x=1; echo h)
i() for n; do echo -n "$n "; done
j() if [ "$1" ]; then echo then; else echo else; fi
f; g; h; echo "${x-unset}"; i 1 2; echo; j a; j
