# Even when the redirection is on a single command; varredir_close ends that.
: {fd}>f
echo still open >&$fd; cat f
shopt -s varredir_close
: {g}>h
echo lost >&$g || echo closed
