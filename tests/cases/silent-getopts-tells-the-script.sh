# With a leading colon: ? for an unknown letter, : for a missing argument, in OPTARG the letter.
set -- -x -a
while getopts :a: opt; do echo "$opt [$OPTARG]"; done
OPTIND=1; f() { local OPTIND; getopts b o && echo "$o"; }; f -b
