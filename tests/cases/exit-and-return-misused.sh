(exit abc); echo $?
(exit 1 2); echo $?
(exit -1); echo $?; (exit 256); echo $?; f() { return abc; }; f; echo $?; g() { return -2; }; g; echo $?; h() { return 300; }; h; echo $?
return 5; echo $?; (exit 1x); echo $?; k() { return 1 2; }; k; echo not reached
