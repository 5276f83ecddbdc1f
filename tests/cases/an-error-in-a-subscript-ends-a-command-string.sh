f() { a[1/0]=1; echo never; }
(f; echo never); echo $?
x=$(declare -i n=1/0; echo never); echo "$? [$x]"
echo 'declare -i n=1/0; echo never
echo next' > s.sh
bash s.sh
f
echo never
