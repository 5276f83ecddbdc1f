pick() { select x; do echo "$x"; return 3; done; }
pick p 'q r' s <<<2
echo $?
select x in; do echo never; done <<<1
echo $?
