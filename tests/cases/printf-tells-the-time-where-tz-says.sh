TZ=America/New_York printf '%(%F %T %Z %z)T\n' 1600000000
TZ=Asia/Kolkata printf '%(%H:%M %Z)T\n' 0
export TZ=EST5EDT,M3.2.0,M11.1.0
printf '%(%c %Z)T\n' 1604210400 1604217600
unset TZ
printf '%(%F %T %Z)T\n' 0
