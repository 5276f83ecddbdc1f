a=(1 2 3); echo ${a[@]:0:-1}; echo not reached
