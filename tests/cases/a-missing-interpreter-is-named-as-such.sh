echo '#!/nope/interpreter' > i.sh; chmod +x i.sh
./i.sh; echo $?
: > empty; chmod +x empty; ./empty; echo $?
echo 'echo "no #! line: $0 $1"' > plain; chmod +x plain; ./plain arg; echo $?
echo '#! /usr/bin/env bash
echo "env finds it: $1"' > e.sh; chmod +x e.sh; ./e.sh arg
echo '#!/bin/bash -e
false; echo never' > f.sh; chmod +x f.sh; ./f.sh; echo $?
