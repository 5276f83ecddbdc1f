# && and || run from left to right.
true || echo a && echo b
false && echo c || echo d
false || false && echo e; echo $?
true && ! false && echo f
