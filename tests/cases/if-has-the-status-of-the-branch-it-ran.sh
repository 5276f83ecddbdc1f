# Zero when no condition held.
if false; then :; fi; echo $?
if false; then :; elif true; then (exit 3); else echo no; fi; echo $?
if (exit 4); then :; else echo "cond $?"; fi
