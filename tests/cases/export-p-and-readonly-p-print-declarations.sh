# In a form to be read back.
export zz_e='a b'; readonly zz_r=1; readonly -a zz_l=(x)
export -p | grep zz_
readonly -p | grep zz_
