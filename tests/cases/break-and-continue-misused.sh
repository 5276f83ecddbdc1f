break; echo $?; continue 3; echo $?
for i in 1 2; do break 0; echo in; done; echo $?
for i in 1 2; do continue -1; echo in; done; echo $?
for i in 1 2; do for j in a b; do continue 9; done; echo no; done; echo $i$j
(for i in 1; do break x; done; echo no); echo $?
for i in 1; do break 1 2; done; echo not reached
