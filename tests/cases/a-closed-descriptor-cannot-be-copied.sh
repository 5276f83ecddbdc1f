# The command is not run.
echo text >&7
echo $?
cat <&8; echo $?
