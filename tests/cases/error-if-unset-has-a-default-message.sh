# Without a word the message depends on the colon.
(echo "${x?}")
x=
(echo "${x:?}")
echo "$?"
