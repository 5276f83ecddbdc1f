x='a b'
set -x
case $x in "a"*) echo hit ;; esac
case $(echo q)z in *) ;; esac
for i in "$x" {1..2}; do :; done
set -- 1 2
for i; do :; done
if [ a = b ]; then :; elif true; then :; fi
while false; do :; done
