[[ 1a -eq 1 ]]; echo $?; [[ 08 -eq 8 ]]; echo $?
[[ 'a b' -eq 1 ]]; echo $?; [[ 1+ -lt 2 ]] || echo or; [[ unsetname -eq 0 ]]; echo $?; a=(3 4); [[ a[1] -eq 4 ]]; echo $?; [[ 1/0 -eq 0 ]]; echo $?; x='1 + 1'; [[ x -eq 2 ]]; echo $?
