s='a\tb\x41\n.'; printf '%s|\n' "${s@E}"; t='hello world'; echo "${t@U}" "${t@u}" "${t@L}"; T=ABC; echo ${T@L} ${T@u}
a=(one two); echo "${a[@]@U}" ${a[1]@u}; set -- x y; echo "${@@U}"
