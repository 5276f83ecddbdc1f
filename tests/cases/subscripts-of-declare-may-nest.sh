declare a[a[0]=1]=X
declare -p a
declare 'b[ 2 ]=y'
declare -p b
