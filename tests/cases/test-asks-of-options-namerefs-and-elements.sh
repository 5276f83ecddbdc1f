set -u; [ -o nounset ]; echo $?; [ -o errexit ]; echo $?; [ -o nonsense ]; echo $?; declare -n ref=x; [ -R ref ]; echo $?; [ -R x ]; echo $?; [ -v ref ]; echo $?; x=1; [ -v ref ]; echo $?
a=(1 2); declare -A m=([k]=v); [ -v a ]; echo $?; [ -v 'a[1]' ]; echo $?; [ -v 'a[7]' ]; echo $?; [ -v 'm[k]' ]; echo $?; [ -v 'm[z]' ]; echo $?; [ -v a[@] ]; echo $?; [ -t x ]; echo $?
