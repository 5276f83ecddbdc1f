command; echo $?
command -v; echo $?
command nope; echo $?
command -z; echo $?
builtin; echo $?
builtin nope; echo $?
builtin -z; echo $?
command -p echo found; builtin -- echo plain; cd() { echo mine; }; cd /; command cd /; pwd; builtin cd /usr; pwd
