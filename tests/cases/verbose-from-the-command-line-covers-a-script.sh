cat > s.sh <<'E'
echo one

# two
f() {
  echo three
}
f
E
bash -v s.sh
bash -v < s.sh
bash -vc 'echo x; echo y
echo z'
