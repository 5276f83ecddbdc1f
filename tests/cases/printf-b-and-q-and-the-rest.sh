printf '%b|' 'a\tb' 'x\0101y' '\x41' 'stop\chere' never; echo "$?"
printf '%q %q %q %q %q %q\n' 'a b' "it's" '' $'a\nb' 'a$b*' '~x'
printf '%Q|%.3Q\n' 'a b c' 'a b c'; printf '%10q|%-10q|%5b|%-5b|\n' 'a b' 'a b' x y
