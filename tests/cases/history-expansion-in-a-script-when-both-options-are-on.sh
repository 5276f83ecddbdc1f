set -o history
echo one two
echo !!
set -H
echo one two
!!
echo !$ "!e:1" '!!' \!!
^one^three^
!echo:s/three/3/
: !#:0 a b != c
set +H
echo !!
history
