coproc 1x { cat; }
echo $?
coproc false
wait "$!"
echo $?
