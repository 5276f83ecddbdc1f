select 1x in a b; do echo "$x"; done <<<1
echo $?
readonly y=1
select y in a b; do echo in; done <<<1
echo $?
