# Two files read line by line in one loop.
printf '%s\n' 1 2 > a; printf '%s\n' x y z > b
while read -r p <&3 && read -r q <&4; do echo "$p$q"; done 3<a 4<b
