# Keyword, function, builtin or nothing; -t in one word.
f() { :; }
type if cd
type -t if f cd nosuch ls; echo $?
type nosuch; echo $?
