cat > s.sh <<'E'
f() { caller; caller 0; caller 1; caller 2 || echo none; }
g() { f; }
g
f
caller
caller 0 || echo none
(f)
E
bash s.sh
. ./s.sh
f() { caller; caller 0; caller 1 || echo none; }
g() { f; }
g; f
