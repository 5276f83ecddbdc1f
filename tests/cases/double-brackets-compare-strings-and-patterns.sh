# An unquoted right side of = is a pattern, a quoted one is literal; < and > sort.
x=hello p='h*'
[[ $x == h* ]] && echo 1
[[ $x == $p ]] && echo 2
[[ $x == "$p" ]] || echo 3
[[ $x != h?llo ]] || echo 4
[[ a < b && b > a ]] && echo 5
