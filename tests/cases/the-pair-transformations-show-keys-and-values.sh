a=(x 'y z'); a[5]=q; echo "${a[@]@K}"; printf '<%s>' "${a[@]@k}"; echo
declare -A m=(['one key']='a "b"'); echo "${m[@]@K}"; printf '<%s>' "${m[@]@k}"; echo; s='v w'; echo "${s@K}" "${s@k}"
