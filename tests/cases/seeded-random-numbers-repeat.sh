# Assigning RANDOM starts the sequence anew; the values are below 32768.
RANDOM=7; a=$RANDOM b=$RANDOM; RANDOM=7
[ $a = $RANDOM ] && [ $b = $RANDOM ] && echo repeated
((a >= 0 && a < 32768)) && echo in range
