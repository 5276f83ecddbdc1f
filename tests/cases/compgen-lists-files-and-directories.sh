mkdir -p d/sub
touch d/a.txt d/b.txt 'd/sp ace' d/.hid
cd d
compgen -f a
compgen -d
compgen -f sub | cat
compgen -G '*.txt'
compgen -G 'nosuch*'
echo $?
compgen -o plusdirs -W 'zz'
compgen -o dirnames s
cd ..
compgen -f d/s | sort
rm -r d
