# -eq and its like evaluate arithmetic on both sides.
n=4
[[ n -eq 2+2 ]] && echo equal
[[ 010 -lt 9 && 0x10 -ge 16 ]] && echo bases
[[ x -eq 0 ]] && echo unset is zero
[[ 1+ -eq 1 ]]; echo $?
