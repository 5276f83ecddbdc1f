# -v takes a name or an element; -R a nameref.
e= a=(x) ; declare -A m=([k]=v)
for n in e a 'a[0]' 'a[1]' 'm[k]' 'm[z]' none; do
  [[ -v $n ]] && echo "$n" || echo "no $n"
done
