echo 'echo "env: $0 $1"; greet() { echo hello; }' > env.sh
echo 'greet script' > s.sh
BASH_ENV=./env.sh bash s.sh one
BASH_ENV='$HOME/../env.sh' HOME=$PWD/x bash -c 'echo unreached' 2>&1
BASH_ENV='./$NAME.sh' NAME=env bash -c 'greet' zero two
BASH_ENV=/nope bash -c 'echo no complaint'
BASH_ENV=./env.sh sh -c 'type greet' > /dev/null 2>&1 || echo 'not for sh'
