read -z; echo $?
read 1a <<< x; echo $?
read x y-z w <<< 'a b c'; echo "$? $x [$w]"
read -n x y <<< 1; echo $?; read -t abc y <<< 1; echo $?; read -u 9 y; echo $?; read -u x y; echo $?; read -n -1 y <<< 1; echo $?
read -d; echo $?
