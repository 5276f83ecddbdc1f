p=/usr/local/lib/archive.tar.gz
echo ${p##*/} ${p%/*} ${p%%.*} ${p%.*} ${p##*.} ${p#*.} ${p#/*/} ${p%%/*}.
base=${p##*/}; echo ${base%%.*} ${base%.gz}.bz2 ${base/%.gz/.xz}
d=${p%/*}/; echo ${d%/} ${d%%/} "${p#"$d"}" ${p#"/usr"} ${p%'*'}
