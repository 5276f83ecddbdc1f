f() { return $1; }
f 256; echo $?
f 300; echo $?
g() { return -1; }; g; echo $?
g() { return abc; }; g; echo $?
(g() { return 1 2; echo never; }; g; echo never); echo $?
g() { (return 3); echo $?; return; }; g; echo $?
g() { false; return; }; g; echo $?
g() { while true; do { return 4; }; done; }; g; echo $?
g() { return 5 | cat; echo "${PIPESTATUS[0]}"; }; g
return 3; echo $?
