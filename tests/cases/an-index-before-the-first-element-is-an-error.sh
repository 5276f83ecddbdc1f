a=(1 2); echo "[${a[-3]}]"; echo $?
a[-5]=x
echo $?; unset 'a[-9]'; echo $?; echo ${a[@]}
