# Arrays first and quoted, then the command with the name alone; export and readonly repeat their assignments.
set -x
declare -a a=(1 "b c" [5]=d)
declare -A m=([k]=v ["x y"]=z)
f() { local -a l=(1 "x y"); local z=1 w="a b"; }
f
export E=1 F='2 3'
readonly R='x y'
declare -i n=3+4
