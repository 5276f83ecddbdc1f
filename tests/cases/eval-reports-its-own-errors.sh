eval 'echo a; if'; echo $?
eval 'echo b
)'; echo $?
eval; echo $?
false; eval; echo $?
false; eval ' '; echo $?
eval 'false'; echo $?
eval -x; echo $?
eval -- 'echo dashes'
eval 'nosuch
nosuch2'
for i in 1 2; do eval break; done; echo $i
f() { eval 'return 4'; echo never; }; f; echo $?
eval 'f() { echo new; }'; f
eval "echo 'unclosed"; echo $?
