for text in ';' '&' '&& a' '| a' 'a ;; b' 'a; ; b' 'a || || b' 'if ; then :; fi' '( )' '{ }' 'do' 'then echo' \
  'done' 'fi' 'esac' '}' ')' 'echo a)b' 'echo (a)' 'echo a >' '> > a' 'f() echo' 'for i in a; echo' \
  'case a in b) echo; esac; done' 'for ((i=0;i<1)); do :; done' 'a=b(c)' 'elif' 'time |' '! |' \
  'while; do :; done' 'else' 'in' 'case a b' 'for in a' 'function { :; }' 'a & & b' 'echo <<'; do
  bash -c "$text" 2>&1
  echo "$text: $?"
done
