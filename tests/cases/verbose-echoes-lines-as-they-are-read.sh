# From the line after set -v on, with comments and here-documents; eval's text too.
set -v
echo a # comment
if true
then echo b; fi
cat <<X
doc
X
eval 'echo c
echo d'
set +v
echo e
