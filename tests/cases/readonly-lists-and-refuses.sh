readonly a=1 b; readonly -a arr=(1 2); readonly -p | grep -E ' (a|b|arr)(=|$)'; (a=2; echo no); echo $?; (a+=2); (arr[0]=x); (arr+=(3)); echo ${arr[@]}
unset a; echo $?; readonly a=3; echo $?; readonly 1x; echo $?; readonly -z; echo $?; (b=now; echo no); f() { :; }; readonly -f f; f() { echo new; }; echo $?; unset -f f; echo $?; readonly -f nof; echo $?
