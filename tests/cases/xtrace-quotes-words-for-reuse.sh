set -x
: 'a b' "" '*' '$x' "it's" 'a;b' '~' a~ '#' a#b 'a=b' '{' 'x,y' '!' '^' % @ '[x]' '(x)' '<' 'back\slash' 'new
line' '	' --opt='v w'
