export a=1 b; declare -p a; export -p | grep -E ' (a|b)(=|$)'; b=2; sh -c 'echo "$a $b"'; export -n a; sh -c 'echo "[$a]"'; declare -p a; export a+=3 c='x y'; echo $a; v='d=1 e=2'; export $v; sh -c 'echo "$c $d $e"'
export arr=(1 2); declare -p arr; sh -c 'echo "[$arr]"'
