# set -E.
trap 'echo err' ERR
f() { false; true; }
f; echo --
set -E; f
