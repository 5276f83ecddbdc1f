bash -O nope -c :; echo $?
bash -o bad -c :; echo $?
bash --noprofile -lc 'shopt login_shell'
