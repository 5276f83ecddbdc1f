cd /; pushd /usr > /dev/null; pushd /usr/bin > /dev/null; HOME=/usr; dirs; dirs -l; dirs -p; dirs -v; dirs +0; dirs -0; dirs -l -v; dirs +1 -v; echo "${DIRSTACK[1]} ${#DIRSTACK[@]}" ~1 ~-0 ~+2
dirs +9; echo $?; dirs -x; echo $?; dirs x; echo $?; dirs -c; dirs
