coproc A { cat; }
(echo x >&"${A[1]}") 2>/dev/null
echo $?
{ echo y >&"${A[1]}"; } 2>/dev/null | cat
echo z >&"${A[1]}"
read -r -u "${A[0]}" line
echo "$line"
