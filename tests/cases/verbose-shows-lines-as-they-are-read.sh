set -v
# comment

echo a; echo b
if true; then
  echo c
fi
eval "echo d
echo e"
x=$(echo f)
f() {
  echo g
}
f
cat <<E
h
E
printf 'echo one\n# c\necho two \\\n  three' > v.sh; . ./v.sh
bash -v v.sh; bash -v < v.sh
set +v; echo i
echo j
