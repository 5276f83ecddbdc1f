cd /; pushd; echo $?
popd; echo $?
pushd /nonexistent; echo $?
pushd a b; echo $?
pushd +1; echo $?
pushd -x; echo $?
popd x; echo $?
popd +x; echo $?
pushd /usr; pushd +5; echo $?
popd -7; echo $?
