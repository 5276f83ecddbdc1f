# patsub_replacement is on by default; a backslash or quotes make & ordinary.
x=abc
echo "${x/b/[&]} ${x/b/[\&]} ${x/b/"&"}"
shopt -u patsub_replacement
echo "${x/b/[&]}"
