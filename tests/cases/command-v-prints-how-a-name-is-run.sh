# Names of functions, builtins and keywords as they are; silent failure otherwise.
shopt -s expand_aliases; alias al='echo x'
f() { :; }
command -v f cd while al; echo $?
command -v nosuch; echo $?
command -V nosuch f
