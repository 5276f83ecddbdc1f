# They belong to the body.
f() { echo "f $1"; } >>log
f a; f b
cat log
