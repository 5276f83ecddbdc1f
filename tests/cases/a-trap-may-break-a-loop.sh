trap 'break' USR1
for i in 1 2 3; do echo $i; kill -USR1 $$; done
echo after for
while true; do kill -USR1 $$; done
echo after while
n=0
trap 'if ((n < 2)); then continue; else break; fi' USR1
until false; do echo n=$((++n)); kill -USR1 $$; done
echo after until
