# Unless nullglob or failglob say otherwise.
echo none*here
shopt -s nullglob
echo a none*here b
shopt -s failglob
echo none*here; echo not reached
echo "$?"
