((1 +)); echo $?
((1/0)); echo $?
((x = )); echo $?; ((5++)); echo $?; ((++5)); echo $?; ((--)); echo $?; ((1 2)); echo $?; (( )); echo $?; ((a.b)); echo $?; for ((i=0; i<; i++)); do :; done; echo $?
