ulimit -n 100
ulimit -n; ulimit -Sn; ulimit -Hn
ulimit -Sn 50
ulimit -n; ulimit -Hn
ulimit -n hard
ulimit -n
ulimit -Hn 200
echo $?
ulimit -n -c
bash -c 'ulimit -n'
