a["1"]=x
echo "${!a[@]}"
a=(['2']=y)
echo "${!a[@]}"
a['3']=z
echo never
