echo one\
two "three\
four" 'five\
six'
var=ab\
cd; echo $var
ec\
ho joined
