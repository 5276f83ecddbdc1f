s=aXbXc
echo ${s/X/-} ${s//X/-} ${s/#a/S} ${s/%c/E} ${s/X} ${s//X/} ${s/#/pre} ${s/%/post} ${s/#X/no} ${s/%X/no}
echo ${s//[a-b]/<&>} "${s//X/\&}" ${s//X/"&"} ${s/*/all} ${s//?/.} ${s//"?"/q}
t=a/b/c; echo ${t//\//.} ${t/\//|} ${t////_}
r='[&]'; echo ${s//X/$r} "${s//X/"$r"}"
