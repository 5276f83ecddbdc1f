eval; echo $?; eval ''; echo $?; eval 'echo a' b '"c d"'; eval x=1\; echo '$x'; eval -- echo dash; eval -z; echo $?
eval 'if'; echo $?; eval 'echo )'; echo $?; eval 'false'; echo $?; eval 'exit 3' | :; f() { eval 'return 4'; echo no; }; f; echo $?; eval 'for i in 1 2; do break; done'; echo $i
