# Everything called from a condition goes on after failures.
set -e
f() { false; echo "went on"; false; }
if f; then :; else echo else; fi
f || echo or
f && echo and
f
