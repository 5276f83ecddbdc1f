# A failing substitution in a local assignment is not seen.
f() { local a=$(false); echo $?; local b; b=$(false); echo $?; }
f
