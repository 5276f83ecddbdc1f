unset TZ
TZ=Europe/Berlin
printf '%(%T)T\n' 0
export TZ
printf '%(%T)T\n' 0
PS1='\A'
x='\D{%H %Z}'
echo "${x@P}"
TZ=Foo/Bar
printf '%(%T %Z)T\n' 0
