# And does nothing else; a count below one is an error which leaves the loop.
break; echo $?
continue; echo $?
for i in 1 2; do break 0; echo $i; done; echo $?
