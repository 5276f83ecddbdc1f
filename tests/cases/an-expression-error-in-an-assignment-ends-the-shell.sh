declare -i q
(q=1+; echo no); echo $?; (export q=08; echo no); echo $?; (readonly q='a b'; echo no); echo $?; (read q <<< '2 +'; echo no); echo $?; (printf -v q 1/0; echo no); echo $?; (declare -i z=3+; echo no); echo $?; f() { local -i n='4 +'; echo no; }; (f; echo no); echo $?; (for q in 1 2+; do echo $q; done; echo no); echo $?; (a[1+]=x; echo no); echo $?; (declare -ai b=(1 2+); echo no); echo $?; q=5+ true; echo $?
q=6+
echo not reached
