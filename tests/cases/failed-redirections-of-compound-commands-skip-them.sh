for i in 1; do echo $i; done > nodir/f; echo $?
{ echo group; } < nofile; echo $?
(echo subshell) < nofile; echo $?
while true; do echo loop; done < nofile; echo $?
if true; then echo if; fi < nofile; echo $?
[[ a ]] < nofile; echo $?
((1)) < nofile; echo $?
f() { echo function; }; f < nofile; echo $?
x=1 < nofile; echo "$? $x"
< nofile; echo $?
export E=1 < nofile; echo "$? ${E-unset}"
f() { echo body; } < nofile; f; echo $?
