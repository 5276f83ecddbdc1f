true a -b; echo $?; false x; echo $?; : -x "${u:=set}"; echo $? $u; true --help; echo $?; : > made; ls made
