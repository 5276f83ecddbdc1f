# Quote characters which come out of an expansion quote nothing.
x="'a b' \"c"
printf '[%s]\n' $x
