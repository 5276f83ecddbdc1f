export HOME=$PWD
echo 'echo last' > .profile
bash -lc 'echo text'
echo 'echo first; x=set' > .bash_profile
bash -lc 'echo "$x"'
bash --noprofile -lc 'echo "[$x]"'
echo 'exit 7' > .bash_profile
bash -lc 'echo never'; echo $?
