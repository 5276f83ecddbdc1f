# unset, read, export and declare with a value, and arithmetic.
readonly x=1
unset x; echo $?
read -r x <<< 2; echo $?
export x=3; echo $?
declare x=4; echo $?
((x++)); echo "$? $x"
