f() {
  nosuch
  eval 'nosuch
nosuch'
}
f
printf 'nosuch\ng() {\nnosuch; }\ng\neval nosuch\n' > s.sh
. ./s.sh
g
bash s.sh
printf 'g() {\nnosuch; }\ng\n' | bash
