test; echo $?; test ''; echo $?; test -n; echo $?; test !; echo $?; test ! ''; echo $?; test ! a; echo $?; test ! ! a; echo $?; test ! ! ! a; echo $?
test '(' a ')'; echo $?; test '(' '' ')'; echo $?; test '(' = ')'; echo $?; test = = =; echo $?; test -a -a -a; echo $?; test ! = !; echo $?; test -o; echo $?
