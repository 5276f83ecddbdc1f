local x; echo $?
f() { local 1x; echo $?; local -z; echo $?; local a-b=1; echo $?; local r=2; echo $?; }; readonly r=1; f
g() { local -r k=1; k=2; echo not reached; }; g; echo nor here
