export TZ=UTC
printf '%(%Y-%m-%d %H:%M:%S)T|%(%F %T)T|%(%s)T\n' 0 1000000000 86400
printf '%(%a %A %b %B %d %e %j %U %w %W %y %p %I %M %u %C %G %V %D %R %n%t%%)T|\n' 1700000000
printf '%12(%Y)T|%-8(%y)T|%.2(%Y)T|\n' 0 0 0; printf '%(%H)T\n' x; echo $?
