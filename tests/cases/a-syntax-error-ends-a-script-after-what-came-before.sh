cat > s.sh <<'E'
echo first
if true; then
  echo second
fi fi
echo never
E
bash s.sh; echo $?
bash -c 'echo a
echo b )
echo c'; echo $?
bash < s.sh; echo $?
(. ./s.sh; echo "sourced: $?")
eval "$(cat s.sh)"; echo $?
