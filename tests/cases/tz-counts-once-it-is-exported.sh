unset TZ
TZ=Europe/Berlin
printf '%(%T)T\n' 0
export TZ
printf '%(%T)T\n' 0
TZ=Asia/Tokyo
x='\D{%Z}'
echo "${x@P}"
TZ=Foo/Bar
printf '%(%T %Z)T\n' 0
