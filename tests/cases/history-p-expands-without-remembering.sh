set -o history
: one two 'three four' /a/b.c
history -p '!!:$:t:r' '!:1-2' 'a=!:3' '!!:s/one/1/:p'
history -p '!1:*' '^two^2^' '"!!:^"' "'!!'" 'a!' '!nosuch'
echo $?
history
