# Until they have been waited for.
sleep 3 & sleep 4 &
jobs
kill %1 %2; wait %1 %2 2> /dev/null
jobs; echo none
