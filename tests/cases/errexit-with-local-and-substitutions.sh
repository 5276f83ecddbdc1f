set -e
f() { local x=$(false); echo "local hides it"; local y; y=$(false); echo never; }
g() { export E=$(false); readonly R=$(false); declare D=$(false); echo "so do these"; }
g
echo "$(false) as an argument"
: ${x:=$(false)}
arr=($(false)) || echo "array"
for i in $(false); do :; done; echo "words of a for"
case $(false) in *) echo "word of a case" ;; esac
[[ -z $(false) ]]; echo "in a condition"
f
