# Without it the last stage alone counts.
(exit 2) | (exit 3) | true; echo $?
set -o pipefail
(exit 2) | (exit 3) | true; echo $?
true | true; echo $?
! (exit 2) | true; echo $?
