# A plain assignment sets it to zero, an empty line or comment leaves it.
false
# comment

echo $?; false; x=1; echo $?; false; : ; echo $?
(exit 5)
{ echo $?; }
