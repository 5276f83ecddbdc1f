# ${x=word} and ${x:=word} assign as they expand.
e=
echo "${u=one} ${e=two} ${u:=three}"
echo "$u [$e]"
echo "${e:=four} $e"
