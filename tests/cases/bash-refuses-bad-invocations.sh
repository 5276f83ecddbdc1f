bash -c; echo $?
bash nosuch.sh; echo $?
mkdir d; bash d; echo $?
printf 'a\0b' > bin; bash bin; echo $?
bash -o nope; echo $?
bash +O nope; echo $?
bash -c 'exit abc'; echo $?
bash -c 'exit 1 2; echo "went on"'; echo $?
