# builtin of anything else is an error.
cd() { echo function; }
cd /; command cd / && echo "$PWD"
builtin nosuch; echo $?
