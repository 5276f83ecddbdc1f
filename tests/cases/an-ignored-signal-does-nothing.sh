# trap '' ignores, trap - restores; subshells keep ignoring, but lose traps.
trap '' TERM; trap 'echo int' INT
kill $$; echo alive
(kill -TERM $BASHPID; echo "sub alive")
trap - TERM INT; trap -p
