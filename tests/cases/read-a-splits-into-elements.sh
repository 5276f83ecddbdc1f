IFS=, read -ra a <<< 'x,,y z,'; declare -p a; read -a b <<< '  p  q\ r '; declare -p b; IFS= read -ra c <<< ' whole line '; declare -p c
IFS=: read -ra p <<< '/bin:/usr/bin::'; echo ${#p[@]}; read 'e[3]' <<< el; declare -p e; declare -A m; read 'm[k]' <<< v; echo ${m[k]}
