TIMEFORMAT='%% done'; time :
TIMEFORMAT=; time :
TIMEFORMAT='%Q'; time :
TIMEFORMAT='100%'; time :
TIMEFORMAT='a\tb'; time ! true; echo $?
TIMEFORMAT='%x'; time (exit 3); echo $?
