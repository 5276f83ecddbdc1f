# / replaces the first match, // all, /# at the start, /% at the end.
x=banana
echo "${x/an/AN} ${x//an/AN} ${x/#b/B} ${x/%a/A} ${x/#a/A} ${x//a} ${x/an}"
