mkdir d; touch a.c a.o b.c b.o .hid d/x.o; GLOBIGNORE='*.o'; echo *; echo d/*; GLOBIGNORE='a*:.hid'; echo *; unset GLOBIGNORE; echo *; GLOBIGNORE='*'; echo * .*; GLOBIGNORE='d/*'; echo d/* *
