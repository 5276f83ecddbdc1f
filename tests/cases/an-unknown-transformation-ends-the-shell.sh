s=1; echo "[${u@Z}]"; (echo ${s@Z}; echo no); echo $?; echo ${s@Z}
echo not reached
