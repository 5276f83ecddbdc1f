# set -f leaves patterns alone, set +f brings them back.
touch g1 g2
set -f; echo g?
set +f; echo g?
