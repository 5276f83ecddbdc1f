show() { printf '%d:' $#; printf '<%s>' "$@"; echo; }
a=('a b' '' c); show ${a[@]}; show "${a[@]}"; show ${a[*]}; show "${a[*]}"; show "x${a[@]}y"; show "${a[@]/#/-}"; show "${!a[@]}"; IFS=,; show "${a[*]}" ${a[*]}; b=("${a[@]}"); c=(${a[@]}); show ${#b[@]} ${#c[@]}; e=(); show "${e[@]}"; show "${e[@]:-d}" "${e[*]}" "${e[@]+set}"; show "${a[@]+"${a[@]}"}"
