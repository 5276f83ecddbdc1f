ulimit -n 20
exec 15</dev/null; echo $?
exec 20</dev/null; echo $?
