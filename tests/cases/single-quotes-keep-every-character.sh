# Nothing is special between single quotes, not even a backslash.
printf '%s\n' 'a $x `b` \n "c" !'
printf '%s\n' 'it'\''s'
