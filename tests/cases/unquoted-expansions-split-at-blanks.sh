# The default IFS is space, tab and newline; runs of them separate once, at the ends not at all.
x=$' a  b\tc\n\nd '
set -- $x
echo $# "$1" "$4"
