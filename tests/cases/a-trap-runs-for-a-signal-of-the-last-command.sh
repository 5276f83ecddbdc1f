trap 'echo caught $?' USR1; trap 'echo exit $?' EXIT; (trap 'echo inner' USR2; kill -USR2 $BASHPID); false; kill -USR1 $$
