cat > s.sh <<'E'
nosuch
f() {
  nosuch2
}
f
echo x > /nope/x
cd /nope
eval 'nosuch3'
(nosuch4)
$(nosuch5)
nosuch6 | cat
readonly r=1
r=2
[ a = ]
echo $((1/0))
((1/0))
declare 1x=2
echo ${x!}
shift 1 2
. ./inner.sh
echo end
E
echo '
nosuch7
g() { nosuch8; }
g' > inner.sh
bash s.sh
