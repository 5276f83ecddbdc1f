# Conditions, all but the last of && and ||, and what a ! inverts.
set -e
if false; then :; fi; while false; do :; done; until true; do :; done
false || echo 1; false && true; ! true; ! false
{ false && true; }; echo 2
true && { false || echo 3; }
