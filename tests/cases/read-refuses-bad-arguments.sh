# Nothing is read.
read -r 1a <<< x; echo $?
read -u 9 x; echo $?
read -n x y; echo $?
