a=(1 2 3); unset 'a[1]'; declare -p a; unset 'a[@]'; declare -p a; unset a; echo ${a-gone}; declare -A m=([x y]=1 [b]=2); unset 'm[x y]'; declare -p m; s=1; unset 's[0]'; echo ${s-gone}; t=1; unset 't[1]'; echo $?
f() { :; }; f=1; unset f; declare -F f; unset f; declare -F f; echo $?; unset -f nof; echo $?; unset -v nov; echo $?; unset nothing; echo $?
