# ~ alone or before a slash; not quoted, not within a word.
HOME=/home/me
echo ~ ~/x a~ "~" \~/x '~'
