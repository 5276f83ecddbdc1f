# A name with blanks found by a glob stays one word.
mkdir d; cd d; touch 'one two' three
for f in *; do echo "[$f]"; done
