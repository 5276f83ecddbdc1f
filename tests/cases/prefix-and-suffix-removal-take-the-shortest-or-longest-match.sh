# One # or % removes the shortest match, two the longest.
p=/usr/local/lib/x.tar.gz
echo "${p#*/} ${p##*/} ${p%.*} ${p%%.*}"
echo "${p#nomatch} ${p%/*} ${p##/*/l}"
