echo before
set -o history
echo one
# a comment
for i in 1 2
do
  echo $i
done

cat <<X
doc
X
echo 'two
lines'
if true; then echo y; fi # why
history
echo $HISTCMD
history 2
