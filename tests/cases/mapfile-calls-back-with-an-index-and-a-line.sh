cb() { echo "at $1: [$2]"; }; mapfile -t -C cb -c 2 a < <(printf 'one\ntwo words\nthree\nfour\n'); echo ${#a[@]}
