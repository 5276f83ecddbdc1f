show() { printf '%d:' $#; printf '<%s>' "$@"; echo; }
x='  a  b  '; show $x; show a$x; show $x"c"; IFS=:; y=a::b:; show $y; show $y$y; show "$y"; IFS=' :'; z='a : b::c '; show $z; IFS=; show $x; unset IFS; show $x; IFS=$'\n'; w=$'a b\n\nc\n'; show $w; IFS=xy; v=1x2yx3; show $v; show 1x2 "$v"; e=; show $e; show "$e" ''$e
