f() { "$@" 2>&1 | cut -d' ' -f1 | cut -c1-4; }
f eval 'time -p true'
f eval 'time -p -- (exit 3)'
f eval 'time -- { echo a | cat; }'
time ! true 2> /dev/null; echo $?
TIMEFORMAT=; ! time false; echo $?
time nosuch; echo $?
