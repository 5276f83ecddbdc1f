trap 'echo trapped' USR1
(sleep 0.2; kill -USR1 $$) &
sleep 0.5
echo slept
