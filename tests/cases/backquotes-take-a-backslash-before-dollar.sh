# In backquotes \$, \` and \\ lose the backslash first.
x=out
echo `x=in; echo \$x` `x=in; echo $x` `echo '\\\\'` $(echo '\\')
