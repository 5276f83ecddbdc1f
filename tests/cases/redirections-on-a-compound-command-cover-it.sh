# A group, a loop and an if have one redirection for all their commands.
{ echo 1; echo 2; } >f
for i in 3 4; do echo $i; done >>f
if true; then echo 5; fi >>f
(echo 6; echo 7) >>f
echo $(cat f)
