# They come back afterwards; shift and set inside change only the inner ones.
set -- outer
f() { shift; set -- "$@" z; echo "$*"; }
f a b; echo "$*"
