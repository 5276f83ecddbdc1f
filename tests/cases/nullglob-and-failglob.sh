touch a1 a2; shopt -s nullglob; set -- no* a* [z] plain; echo $# $*; for f in *.txt; do echo never; done; x=no*; echo "$x" $x; shopt -u nullglob; echo no*; shopt -s failglob; echo b*; echo not on this line
echo $?; (ls nope*; echo no) ; echo $?; for i in zz*; do echo never; done; echo $?
