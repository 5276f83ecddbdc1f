# set -a.
set -a; zz_v=1; set +a; zz_w=2
env | grep '^zz_'
