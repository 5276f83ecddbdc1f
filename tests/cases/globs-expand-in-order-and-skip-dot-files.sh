# * and ? match names in byte order, never a leading dot.
mkdir d; cd d; touch b a ab .h B
echo *
echo ?
echo .?
