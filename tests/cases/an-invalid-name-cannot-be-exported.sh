# The message quotes it; the others are done.
export 1x=2 ok=3; echo "$? $ok"
readonly a-b; echo $?
declare 2=x; echo $?
