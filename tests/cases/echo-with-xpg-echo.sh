shopt -s xpg_echo; echo 'a\tb'; echo -E 'a\tb'; echo -n 'x\n'; shopt -u xpg_echo; echo 'a\tb'
