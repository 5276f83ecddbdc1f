printf '%s=%s;' a 1 b; echo; printf '[%s] [%d] [%f]\n'; printf 'plain\n' ignored; printf '%s\n' '' x; printf '%%%s%%\n' p q
printf '%s %d\n' a 1 b; printf '%-5s|%5s|\n' left right
