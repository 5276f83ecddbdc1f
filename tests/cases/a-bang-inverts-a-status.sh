# A pipeline's status becomes 0 or 1; two bangs cancel out.
! true; echo $?
! (exit 5); echo $?
! ! false; echo $?
! ; echo $?
