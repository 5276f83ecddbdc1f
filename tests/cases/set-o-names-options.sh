# set -o name, set +o name, [ -o name ] and $- agree.
set -o nounset; [ -o nounset ] && echo on
set +o nounset; [[ -o nounset ]] || echo off
set -fC; case $- in *f*C*) echo f and C;; esac; set +fC
set -o nosuch; echo $?
set -Z; echo $?
