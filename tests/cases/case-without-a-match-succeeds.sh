# Its status is zero, whatever went before.
false
case x in y) echo no;; esac; echo $?
case $(exit 3) in z) ;; esac; echo $?
case a in a) esac; echo $?
case a in a) false;; esac; echo $?
