s=abc; echo ${s:1:-3}; echo not reached
