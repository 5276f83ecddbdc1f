# Names which match GLOBIGNORE are left out, and dot files come in.
mkdir d; cd d; touch a.c a.o .x
GLOBIGNORE='*.o'
echo *
