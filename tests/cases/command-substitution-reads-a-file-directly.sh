# $(<file) is the file without its trailing newlines.
printf 'one\ntwo\n\n' > f
x=$(<f)
echo "[$x]"
