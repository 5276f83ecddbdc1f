HOME=/home/me
echo ~ ~/x "~" \~ a~ x~/y ~nosuchuser ~"/q" ~/'s p'
p=~:~/bin:x~:~; echo $p
echo k=~ k=a:~ --dir=~/x "${u:-~}" ${u:-~/z}
f() { echo "$1"; }; f ~/a; export E=~/e:~; echo $E
