coproc X for i in 1 2; do echo "$i"; read -r answer; done
for i in 1 2; do read -r -u "${X[0]}" line; echo "got $line"; [[ $i == 1 ]] && echo >&"${X[1]}"; done
echo >&"${X[1]}"
wait "$!"
coproc Z [[ a == b ]]
wait "$!"
echo $?
coproc (exit 4)
wait "$!"
echo $?
