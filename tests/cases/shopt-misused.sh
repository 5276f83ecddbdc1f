shopt -s nosuch; echo $?
shopt nosuch; echo $?
shopt -su x; echo $?
shopt -z; echo $?
shopt -o nosuch; echo $?; shopt -qo errexit; echo $?; shopt -so errexit nounset; echo $-; shopt -uo errexit; shopt -o errexit nounset
