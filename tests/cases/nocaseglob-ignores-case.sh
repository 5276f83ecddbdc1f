# Only names are matched so; nocasematch is for case and [[ ]].
mkdir d; cd d; touch Abc aBD
shopt -s nocaseglob
echo ab*
case ABC in abc) echo yes;; *) echo no;; esac
shopt -s nocasematch
case ABC in abc) echo yes;; *) echo no;; esac
