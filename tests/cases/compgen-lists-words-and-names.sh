compgen -W 'one two three' t
compgen -W 'a "b c" d\ e $((1+2)) $(echo q r)'
compgen -P '<' -S '>' -X 'a*' -W 'ab cd ae'
compgen -X '!a*' -W 'ab cd ae'
IFS=: ; compgen -W 'a:b c:d'; IFS=$' \t\n'
compgen -k s
compgen -A signal SIGU
compgen -A setopt no
shopt -s expand_aliases; alias zz=ls zy=ls; compgen -a z
v_a=1; export v_b=2; v_c=(1); compgen -v v_; compgen -e v_; compgen -A arrayvar v_
f_1() { :; }; f_2() { :; }; compgen -A function f_
compgen -W 'x y' z
echo $?
compgen -A nosuch
echo $?
