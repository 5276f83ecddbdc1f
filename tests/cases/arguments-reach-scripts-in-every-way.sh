echo 'echo "$0|$#|$1|$*"' > s.sh
bash s.sh a 'b c'
bash ./s.sh
bash -s one two < s.sh
bash -c 'echo "$0|$#|$1"' zero one
bash -c 'echo "$0|$#"'
bash -- s.sh -x
. ./s.sh sourced args
. ./s.sh
sh s.sh x
chmod +x s.sh; ./s.sh y
bash -c './s.sh "$@"' _ 1 2
bash -x s.sh q
