# One more round of expansion, in the shell itself.
x='$y' y=value
eval echo $x '"a  b"' ';' z=set
echo $z
eval ''; echo $?; eval 'false'; echo $?
