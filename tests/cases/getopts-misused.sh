getopts; echo $?
getopts ab; echo $?
getopts -x a; echo $?
getopts a 1x -a; echo $?; readonly r=1; OPTIND=1; getopts a r -a; echo $?
