# This is found out as the loop is run.
for 1x in a; do echo never; done; echo $?
