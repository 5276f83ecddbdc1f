# The loop's status is that of the last body command, or zero.
i=0
while [ $i -lt 3 ]; do i=$((i+1)); echo $i; done
until [ $i -eq 0 ]; do i=$((i-1)); false; done; echo "$? $i"
while false; do :; done; echo $?
