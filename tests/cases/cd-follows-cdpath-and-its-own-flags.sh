cd /; mkdir -p /tmp/cdp.$$/in/deep; CDPATH=/tmp/cdp.$$:/usr; cd in/deep | sed 's/[0-9]//g'; cd bin; pwd; cd ./lib 2>/dev/null; echo $?; unset CDPATH
cd /usr/bin/..; pwd; cd -P .; pwd; cd -L bin/../bin; pwd; cd -- -; cd //; pwd; cd ///usr; pwd; cd ../../..; pwd; cd ''; echo $? $PWD
ln -s /usr/bin /tmp/cdp.$$/link; cd /tmp/cdp.$$/link; pwd -P; pwd -L | sed 's/[0-9]//g'; cd ..; pwd | sed 's/[0-9]//g'; cd -P link; pwd; cd /; rm -r /tmp/cdp.*
