# @U @u @L change case, @E expands escapes, @A prints an assignment, @a the attributes.
x='heLLo w' e='a\tb'
declare -ri n=5
declare -a a=(1)
echo "${x@U} ${x@u} ${x@L}"
echo "${e@E}"
echo "${n@A} ${n@a} ${a@a} ${x@A}"
