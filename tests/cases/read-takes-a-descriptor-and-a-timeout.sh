exec 5<<< $'five\nsix'; read -u 5 x; read y <&5; echo $x $y; exec 5<&-
read -t 0.01 x < <(:); echo $?; read -t 5 x <<< quick; echo $? $x; read -t 0 <<< x; echo $?; read -p 'not shown> ' -s x <<< secret; echo $x
