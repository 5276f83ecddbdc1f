# A command made of nothing after expansion has the status of its last substitution.
false; x=$(); echo $?
$(true); echo $?
$(exit 4); echo $?
$(echo) $(exit 5) echo ran; echo $?
