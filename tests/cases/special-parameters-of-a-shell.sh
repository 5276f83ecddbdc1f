echo "$#" "$*" "$?"
[[ $$ == "$BASHPID" ]] && echo same
([[ $$ == "$BASHPID" ]] || echo different)
[[ $PPID =~ ^[0-9]+$ && $UID =~ ^[0-9]+$ && $EUID == "$UID" && -n $HOSTNAME ]] && echo known
[[ $(bash -c 'echo $PPID') == $$ ]] && echo child
[[ $EPOCHSECONDS =~ ^[0-9]{10}$ && $EPOCHREALTIME =~ ^[0-9]{10}\.[0-9]{6}$ ]] && echo time
UID=5; echo $?
EPOCHSECONDS=1 BASHPID=2; echo $?
SECONDS=10; echo $SECONDS
: a b; echo $_; true 'x y'; echo "$_"
f() { echo "$_"; }; f 1 2; echo "$_"
unset RANDOM; RANDOM=5; echo $RANDOM
PPID=1
echo "after $?"
