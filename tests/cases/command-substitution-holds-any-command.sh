echo $(case x in x) echo matched;; esac) $(for i in 1 2; do echo -n $i; done) $( (echo sub) ) $({ echo grp; }) $(if true; then echo yes; fi) "$(cat <<EOF
doc $((1+1))
EOF
)" $(echo "${u:-$(echo def)}") $(<nofile); echo $?
