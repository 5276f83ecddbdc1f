cd /; pushd /usr; pushd /usr/bin; pushd; pushd +1; pushd -0; pushd -n /etc; dirs; popd +1; popd -n; dirs; pushd -; popd -0; popd; popd; popd; echo $?
