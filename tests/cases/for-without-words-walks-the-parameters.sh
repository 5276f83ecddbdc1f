# for x; and for x in "$@" are alike; an empty list runs nothing.
set -- a 'b c'
for x; do echo "[$x]"; done
for x
do echo "<$x>"; done
for y in; do echo never; done; echo "$x ${y-unset}"
