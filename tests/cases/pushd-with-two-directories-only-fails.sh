pushd / / || echo "failed $?"
popd 1 2
echo $?
dirs +5
pushd +5
echo $?
