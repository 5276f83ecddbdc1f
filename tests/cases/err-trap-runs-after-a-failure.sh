# Not in conditions; BASH_COMMAND is the command that failed.
trap 'echo "err $? $BASH_COMMAND"' ERR
false
false || true; if false; then :; fi; ! true
(exit 3)
true; x=$(exit 5)
