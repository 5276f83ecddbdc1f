# A pattern with * in a substitution matches as much as it can.
x=a.b.c
echo "${x/.*/-} ${x/a*b/X} ${x//[ab]./Y}"
