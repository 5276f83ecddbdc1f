# A shell that begins with a signal ignored can neither trap it nor have it back.
trap '' USR2
bash -c 'trap; trap "echo no" USR2; kill -USR2 $$; trap - USR2; kill -USR2 $$; trap; echo alive'
# A subshell can.
(trap 'echo sub' USR2; kill -USR2 $BASHPID; echo end)
trap - USR2
bash -c 'trap; trap "echo yes" USR2; kill -USR2 $$'
