trap 'echo "it'\''s"' INT
trap '' HUP
trap 'echo a
echo b' USR1
trap 'cleanup' EXIT
trap
echo --
trap -p INT EXIT QUIT
trap - EXIT INT
trap -p
trap nope 2> /dev/null; echo $?
trap 'x' NOPE; echo $?
trap USR1; trap
