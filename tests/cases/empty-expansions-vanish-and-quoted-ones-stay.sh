show() { printf '%d:' $#; printf '<%s>' "$@"; echo; }
e=; show $e $e; show "$e" '' ""; show a$e "a$e"; show $e"" ; show ${e:-} "${e:-}"; for i in $e; do echo never; done; set -- $e; echo $#; x=$e$e; show "$x"; a=($e "$e"); show ${#a[@]}; show "${e[@]}" ${u[@]}
