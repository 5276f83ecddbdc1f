lock() { (set -C; echo $$ > lock) 2> /dev/null; }
lock && echo first
lock || echo taken
rm lock; lock && echo again
mkdir dir.lock && echo locked; mkdir dir.lock 2> /dev/null || echo busy; rmdir dir.lock
