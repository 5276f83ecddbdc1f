x=x; (echo $((x))); a=b b=a; (echo $((a))); c=d+1 d=c; ((c)); echo $?
