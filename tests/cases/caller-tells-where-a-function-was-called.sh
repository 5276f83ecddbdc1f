f() { caller; caller 0; echo $?; caller x; echo $?; caller -1; echo $?; }
f
caller; echo $?; caller 0; echo $?; g() { f2; }; f2() { caller 0
caller 1; echo $?; }
g
