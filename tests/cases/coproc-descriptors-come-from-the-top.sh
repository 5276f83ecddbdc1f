coproc A { cat; }
echo "${A[@]}"
echo hello >&"${A[1]}"
read -r -u "${A[0]}" line
echo "$line"
[[ $A_PID == "$!" ]] && echo the last background process
