. -x; echo $?
source -x; echo $?
.; echo $?
echo 'echo "$# $*"' > s.sh
. -- ./s.sh a b
. ./s.sh
mkdir d; . ./d; echo $?
