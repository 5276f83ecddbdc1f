hash -p /x/y foo; type foo; type -t foo; type -p foo; command -v foo; command -V foo; hash -d foo; type foo; echo $?
