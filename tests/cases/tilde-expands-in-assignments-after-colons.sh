# Each part of a value between colons may begin with a tilde.
HOME=/h
p=~/a:~/b:c~
echo $p x=~
