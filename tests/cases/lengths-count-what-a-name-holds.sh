a=(one '' three); s=hello; set -- x yy; declare -A m=([k]=val)
echo ${#s} ${#a} ${#a[2]} ${#a[@]} ${#a[*]} ${#} ${#@} ${#*} ${#2} ${#m[k]} ${#m[@]} ${#u} ${#u[@]}
a[9]=z; echo ${#a[@]} ${#a[9]} ${#a[7]} ${##} ${#?}
