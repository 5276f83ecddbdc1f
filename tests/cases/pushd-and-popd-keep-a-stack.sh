# The stack is printed after each change; without arguments the top two are swapped.
HOME=/nowhere; cd /
pushd /tmp; pushd /dev
pushd; dirs -v
pushd +2 > /dev/null; dirs
popd; popd; popd; echo $?
pushd /nosuch; echo $?; dirs -c
