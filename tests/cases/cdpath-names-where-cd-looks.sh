mkdir -p lib/sub here/sub only
base=$PWD
show() { echo "${1/#$base/BASE}"; }
CDPATH=$base/lib
show "$(cd sub)"; cd sub > /dev/null; show "$PWD"; cd "$base/here"; show "$OLDPWD"
CDPATH=:$base/lib; cd sub > /dev/null; show "$PWD"; cd "$base"
CDPATH=/nope; cd only && show "$PWD"; show "$(cd -)"
unset CDPATH OLDPWD; cd - ; echo $?
cd nosuch; echo $?; cd a b; echo $?; touch f; cd f; echo $?; cd -x; echo $?
(HOME=; cd; echo $?); (unset HOME; cd; echo $?); cd ''; echo $?
