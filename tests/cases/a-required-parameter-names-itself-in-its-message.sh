(echo ${u:?}); echo $?
(echo ${u?no value given}); echo $?
e=; (echo "${e:?is empty}"); echo "${e?fine}"
(a=(); : ${a[2]:?element}); (: ${1:?usage: x FILE}); echo $?
