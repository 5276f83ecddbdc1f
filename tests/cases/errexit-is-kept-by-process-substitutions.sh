set -e
cat <(echo a; false; echo never)
x=$(false; echo kept)
echo "$x"
shopt -s inherit_errexit
y=$(false; echo lost) || echo "failed [$y]"
z=$(false; echo lost)
echo never
